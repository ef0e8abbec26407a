import { existsSync } from 'node:fs'
import { join } from 'node:path'
import koffi from 'koffi'

/** TC_BULK_VERSION of native/bulk/bulk.h. */
export const BULK_VERSION = 2

/** A path or names, each ended by a NUL. */
type Terminated = Buffer

/** What native/bulk/bulk.h declares. Results below zero are `-errno`. */
export interface BulkCalls {
  readonly listFolder: (
    path: Terminated,
    withXattrs: number,
    names: Buffer,
    namesSize: number,
    facts: Float64Array,
    most: number,
  ) => number
  /** Runs on a thread of the pool. */
  readonly linkFiles: (
    from: Terminated,
    to: Terminated,
    names: Terminated,
    count: number,
    errors: Int32Array,
  ) => Promise<number>
  readonly readFiles: (
    folder: Terminated,
    names: Terminated,
    count: number,
    flags: number,
    parts: Uint32Array,
    memory: Buffer,
    results: Int32Array,
  ) => number
  readonly readSmall: (path: string, flags: number, memory: Buffer, size: number) => number
}

/** Loads the library; undefined where it was not built, was built of another version, or cannot be loaded here. */
export function loadBulkCalls(): BulkCalls | undefined {
  const path = join(import.meta.dirname, BESIDE, 'native/bulk.so')
  if (!existsSync(path)) return undefined
  try {
    const library = koffi.load(path)
    if (library.func('uint32_t tc_bulk_version()')() !== BULK_VERSION) return undefined
    return {
      listFolder: library.func(
        'int tc_list_folder(const void *path, int xattrs, void *names, uint32_t size, void *facts, uint32_t most)',
      ),
      linkFiles: inBackground(
        library,
        'int tc_link_files(const void *from, const void *to, const void *names, uint32_t count, void *errors)',
      ),
      readFiles: library.func(
        'int tc_read_files(const void *folder, const void *names, uint32_t count, int flags, const void *parts, void *memory, void *results)',
      ),
      readSmall: library.func('int tc_read_small(const char *path, int flags, void *memory, uint32_t size)'),
    } as BulkCalls
  } catch {
    return undefined
  }
}

function inBackground(library: ReturnType<typeof koffi.load>, prototype: string): BulkCalls['linkFiles'] {
  const bound = library.func(prototype)
  return (...args) =>
    new Promise((resolve, reject) => {
      bound.async(...args, (error: Error | null, result: number) =>
        error === null ? resolve(result) : reject(error),
      )
    })
}

/** From the folder of this file, or of the bundle that it is in, to `dist`. */
const BESIDE: string = import.meta.filename.endsWith('.ts') ? '../../dist' : '.'
