import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { projectRoot } from '../project-root.ts'
import { lazyBuiltins } from './lazy-builtins.ts'

/** A program of `dist`: `dist/<name>.cjs` starts it, and as an ES module so do `.mjs` and `.js`. */
export interface Program {
  readonly name: string
  /** Source file, relative to the checkout. It must not use top-level await. */
  readonly entry: string
  /**
   * Command lines whose functions belong into the code cache, run beside a Compose file. The first one's cache
   * serves every command that has none of its own: V8 reads a cache whole, so a common one would slow all down.
   */
  readonly training: readonly (readonly string[])[]
}

/** What `bundleProgram` wrote. */
export interface Bundle {
  readonly program: Program
  /** The bundled script, named by its content. */
  readonly script: string
  /** Path of its code caches without the ending: `.cache`, or `.<command>.cache`. */
  readonly stem: string
}

/**
 * Bundles `program` into one CommonJS script. Modules reached through `import()` alone are bundled too, but run when
 * they are first asked for. A script, because V8 takes a code cache for one from a file we choose; an ES module
 * started through Node's compile cache took 8 to 15 ms longer.
 */
export async function bundleProgram(program: Program): Promise<Bundle> {
  const code = await bundle(program.entry)
  const hash = createHash('sha256').update(code).digest('hex').slice(0, 12)
  const stem = `${program.name}-${hash}`
  const script = join(dist, `${stem}.js`)
  writeWhole(script, Buffer.from(code, 'latin1'))
  writeWhole(join(dist, `${program.name}.cjs`), launcher(program, stem))
  for (const extension of ['mjs', 'js']) {
    writeWhole(join(dist, `${program.name}.${extension}`), moduleLauncher(program.name))
  }
  removeOthers(program.name, stem)
  return { program, script, stem: join(dist, stem) }
}

const dist = join(projectRoot, 'dist')

async function bundle(entry: string): Promise<string> {
  const { outputFiles } = await build({
    absWorkingDir: projectRoot,
    entryPoints: [entry],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'cjs',
    target: 'node24',
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'none',
    mainFields: ['module', 'main'],
    alias: { koffi: join(projectRoot, 'scripts/bundle/koffi-native.cjs') },
    define: {
      'import.meta.dirname': '__dirname',
      'import.meta.filename': '__filename',
      'import.meta.url': '__bundleUrl',
    },
    banner: {
      js: '(function (exports, require, module, __filename, __dirname) {const __bundleUrl = require("node:url").pathToFileURL(__filename).href;',
    },
    footer: { js: '})' },
    supported: { 'dynamic-import': false },
    plugins: [lazyBuiltins],
    logLevel: 'warning',
  })
  const [output] = outputFiles
  if (output === undefined) throw new Error(`Cannot bundle ${entry}: esbuild gave no output`)
  // The launcher reads it as Latin-1, which V8 keeps as one byte per character and hands to the parser as it is.
  const wide = /[^\0-\xff]/.exec(output.text)
  if (wide !== null)
    throw new Error(`Cannot bundle ${entry}: it holds "${wide[0]}", expected Latin-1 outside of strings`)
  return output.text
}

function launcher({ training }: Program, stem: string): string {
  const commands = training.slice(1).map(([command = '']) => command)
  return readFileSync(join(projectRoot, 'scripts/bundle/launcher.cjs'), 'utf8')
    .replaceAll('{stem}', stem)
    .replace('{commands}', commands.join(' '))
}

function moduleLauncher(name: string): string {
  return `import { createRequire } from 'node:module'\ncreateRequire(import.meta.url)('./${name}.cjs')\n`
}

function writeWhole(path: string, content: string | Uint8Array): void {
  writeFileSync(`${path}.${process.pid}`, content)
  renameSync(`${path}.${process.pid}`, path)
}

function removeOthers(name: string, stem: string): void {
  const own = new RegExp(`^${name}-[0-9a-f]{12}(\\.\\w+)?\\.(js|cache)$`)
  for (const file of readdirSync(dist)) {
    if (own.test(file) && !file.startsWith(stem)) rmSync(join(dist, file), { force: true })
  }
}
