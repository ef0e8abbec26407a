import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from '../project-root.ts'

const NOT_COPIED: ReadonlySet<string> = new Set(['.git', '.cache', 'dist', 'build', 'node_modules'])
const LINKED: readonly string[] = ['.cache', 'dist', 'build']

/** A copy of the checkout to put mutants into. */
export interface ScratchTree {
  readonly path: string
  /** Replaces the text of a file until disposed of. */
  alter(path: string, text: string): Disposable
}

/** Copies the checkout to `path`. What is built or downloaded is linked to. */
export function makeScratchTree(path: string): ScratchTree {
  mkdirSync(join(path, 'node_modules'), { recursive: true })
  for (const name of readdirSync(projectRoot).filter(one => !NOT_COPIED.has(one)))
    cpSync(join(projectRoot, name), join(path, name), { recursive: true })
  const packages = readdirSync(join(projectRoot, 'node_modules'))
    .filter(name => !name.startsWith('.vite'))
    .map(name => `node_modules/${name}`)
  for (const name of [...LINKED, ...packages].filter(one => existsSync(join(projectRoot, one))))
    symlinkSync(join(projectRoot, name), join(path, name))
  return alterable(path)
}

/** Returns the tree at `path`, which exists already. */
export function alterable(path: string): ScratchTree {
  return { path, alter: (file, text) => alter(join(path, file), text) }
}

function alter(file: string, text: string): Disposable {
  const original = readFileSync(file)
  writeFileSync(file, text)
  return { [Symbol.dispose]: () => writeFileSync(file, original) }
}
