import { existsSync } from 'node:fs'
import { join, relative } from 'node:path'
import { runTool } from './run-tool.ts'

/** The dynamic loader of a part and the folders it looks for libraries in, relative to the part. */
export interface Loader {
  readonly path: string
  /** Where programs expect it. */
  readonly interpreter: string
  readonly folders: readonly string[]
}

/** Returns the loader of the C library unpacked in `dir`, or undefined where there is none. */
export function findLoader(dir: string): Loader | undefined {
  return LOADERS.find(({ path }) => existsSync(join(dir, path)))
}

const LOADERS: readonly Loader[] = [
  {
    path: 'lib/x86_64-linux-gnu/ld-linux-x86-64.so.2',
    interpreter: 'lib64/ld-linux-x86-64.so.2',
    folders: ['lib/x86_64-linux-gnu', 'usr/lib/x86_64-linux-gnu'],
  },
  {
    path: 'usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2',
    interpreter: 'lib64/ld-linux-x86-64.so.2',
    folders: ['usr/lib/x86_64-linux-gnu'],
  },
  {
    path: 'lib/aarch64-linux-gnu/ld-linux-aarch64.so.1',
    interpreter: 'lib/ld-linux-aarch64.so.1',
    folders: ['lib/aarch64-linux-gnu', 'usr/lib/aarch64-linux-gnu'],
  },
]

/**
 * Returns the libraries that `program` loads, as paths relative to `dir`, found in `dir` alone. The part's own loader
 * lists them, so the machine's C library plays no role. Empty for a static program or a script.
 */
export async function libraryClosure(dir: string, program: string): Promise<readonly string[]> {
  const loader = findLoader(dir)
  if (loader === undefined) return []
  const search = loader.folders.map(folder => join(dir, folder)).join(':')
  const listing = await runTool(join(dir, loader.path), [
    '--library-path',
    search,
    '--list',
    join(dir, program),
  ]).catch(() => '')
  return [...listing.matchAll(/=> (\/\S+) \(0x/g)].map(([, path]) => relative(dir, path ?? ''))
}
