import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { build, transform } from 'esbuild'
import { commandPaths } from '../../src/cli/command-paths.ts'
import { projectRoot } from '../project-root.ts'
import { lazyBuiltins } from './lazy-builtins.ts'
import { leanListr2 } from './lean-listr2.ts'
import { withoutHttp2 } from './without-http2.ts'

/** A program of `dist`: `dist/<name>.cjs` starts it, and as an ES module so do `.mjs` and `.js`. */
export interface Program {
  readonly name: string
  /** Source file, relative to the checkout. It must not use top-level await. */
  readonly entry: string
  /**
   * Command lines that load what acts on the machine. Running that for training would act, so all of its functions go
   * into the code cache: for code that the training below does not reach, that is better than none. What the last one
   * loads becomes one script.
   */
  readonly acting?: readonly (readonly string[])[]
  /**
   * Command lines whose functions go into the code cache, run beside a Compose file. The first one's cache serves every
   * command that has none of its own: V8 reads a cache whole, so a common one would slow all of them down.
   */
  readonly training: readonly (readonly string[])[]
  /** The same, run while the project of that file runs. They must not change it. */
  readonly trainingOnRunning: readonly (readonly string[])[]
  /** The same, run beside a file whose image is in a registry. @default none */
  readonly trainingOnRegistry?: readonly (readonly string[])[]
  /** The same, run beside a file whose image is built. @default none */
  readonly trainingOnDockerfile?: readonly (readonly string[])[]
}

/** The output of `bundleProgram`. */
export interface Bundle {
  readonly program: Program
  /** Name of the script that starts it, without `.js`; it contains a hash of its content and of all that it loads. */
  readonly main: string
}

/**
 * Bundles `program` into scripts: the one that starts it, and one for each part reached through `import()` only, read
 * on demand. Scripts, not ES modules, because V8 accepts a code cache for a script from a file of our choice; an ES
 * module started through Node's compile cache took 8 to 15 ms longer.
 */
export async function bundleProgram(program: Program): Promise<Bundle> {
  const { main, scripts } = await bundle(program)
  for (const [name, code] of scripts) writeWhole(join(dist, `${name}.js`), Buffer.from(code, 'latin1'))
  writeWhole(join(dist, `${program.name}.cjs`), launcherOf({ program, main }, []))
  for (const extension of ['mjs', 'js']) {
    writeWhole(join(dist, `${program.name}.${extension}`), moduleLauncher(program.name))
  }
  removeOthers(program.name, [...scripts.keys()])
  return { program, main }
}

const dist = join(projectRoot, 'dist')

interface Scripts {
  readonly main: string
  /** Code by name. */
  readonly scripts: ReadonlyMap<string, string>
}

async function bundle({ name, entry }: Program): Promise<Scripts> {
  const { outputFiles, metafile } = await build({
    absWorkingDir: projectRoot,
    entryPoints: [{ in: entry, out: name }],
    bundle: true,
    splitting: true,
    write: false,
    metafile: true,
    outdir: dist,
    entryNames: '[name]-[hash]',
    chunkNames: `${name}-[hash]`,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'none',
    mainFields: ['module', 'main'],
    alias: {
      koffi: join(projectRoot, 'scripts/bundle/koffi-native.cjs'),
      undici: join(projectRoot, 'scripts/bundle/undici-client.mjs'),
    },
    define: {
      'import.meta.dirname': '__dirname',
      'import.meta.filename': '__filename',
      'import.meta.url': '__bundleUrl',
      COMMAND_PATHS: JSON.stringify(commandPaths().join(' ')),
    },
    plugins: [lazyBuiltins, leanListr2, withoutHttp2],
    logLevel: 'warning',
  })
  const scripts = new Map<string, string>()
  for (const { path, text } of outputFiles) scripts.set(basename(path, '.js'), await toScript(path, text))
  const [main] = Object.entries(metafile.outputs).find(([, { entryPoint }]) => entryPoint === entry) ?? []
  if (main === undefined) throw new Error(`Cannot bundle ${entry}: esbuild gave no output`)
  return { main: basename(main, '.js'), scripts }
}

/** The value of `import.meta.url`, for scripts that use it: to make it takes longer than many a script runs. */
const BUNDLE_URL = 'const __bundleUrl = require("node:url").pathToFileURL(__filename).href;'

/** Returns the ES module at `path` as a script: a function of what CommonJS passes to a module. */
async function toScript(path: string, text: string): Promise<string> {
  const { code } = await transform(text, {
    format: 'cjs',
    target: 'node24',
    minifySyntax: true,
    minifyWhitespace: true,
    supported: { 'dynamic-import': false },
    banner: `(function (exports, require, module, __filename, __dirname) {${text.includes('__bundleUrl') ? BUNDLE_URL : ''}`,
    footer: '})',
  })
  // The launcher reads it as Latin-1, which V8 stores as one byte per character and parses without conversion.
  const wide = /[^\0-\xff]/.exec(code)
  if (wide !== null)
    throw new Error(`Cannot bundle ${path}: it holds "${wide[0]}", expected Latin-1 outside of strings`)
  return code
}

/**
 * Returns the script that starts `program`. `acting` are the names of the scripts that are in the pack of what acts.
 */
export function launcherOf({ program, main }: Bundle, acting: readonly string[]): string {
  const { training, trainingOnRunning, trainingOnRegistry = [], trainingOnDockerfile = [] } = program
  const trained = [...training.slice(1), ...trainingOnRunning, ...trainingOnRegistry, ...trainingOnDockerfile]
  // An option, as `--help` is, counts where there is no command with a training of its own.
  const commands = [...new Set(trained.map(([command = '']) => command))].sort(
    (a, b) => Number(a.startsWith('-')) - Number(b.startsWith('-')),
  )
  return readFileSync(join(projectRoot, 'scripts/bundle/launcher.cjs'), 'utf8')
    .replaceAll('{main}', main)
    .replace('{commands}', commands.join(' '))
    .replace('{acting}', acting.join(' '))
}

function moduleLauncher(name: string): string {
  return `import { createRequire } from 'node:module'\ncreateRequire(import.meta.url)('./${name}.cjs')\n`
}

function writeWhole(path: string, content: string | Uint8Array): void {
  writeFileSync(`${path}.${process.pid}`, content)
  renameSync(`${path}.${process.pid}`, path)
}

function removeOthers(name: string, scripts: readonly string[]): void {
  const own = new RegExp(`^(${name}-[0-9A-Z]{8})((?:\\.[\\w-]+)*)$`)
  for (const file of readdirSync(dist)) {
    const [, script, ending = ''] = own.exec(file) ?? []
    const isOurs = script !== undefined && scripts.includes(script)
    // Caches of the same scripts are trained again.
    if (script !== undefined && !(isOurs && ending === '.js')) rmSync(join(dist, file), { force: true })
  }
}
