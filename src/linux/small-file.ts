import { constants } from 'node:os'
import type { BulkCalls } from './bulk-calls.ts'

/** What is at a path. */
export interface SmallFile {
  /** Undefined if nothing is there. */
  readonly text: string | undefined
}

type ReadSmall = BulkCalls['readSmall']

/** A file of that size, in bytes, is not small. */
const MEMORY_BYTES = 65_536

let reader: { readonly readSmall: ReadSmall; readonly memory: Buffer } | undefined

/**
 * Has this process read small files by one call of `calls` each, where Node makes five. Loading the library takes longer
 * than a single command saves.
 */
export function useBulkCalls(calls: Pick<BulkCalls, 'readSmall'> | undefined): void {
  reader = calls && { readSmall: calls.readSmall, memory: Buffer.alloc(MEMORY_BYTES) }
}

/**
 * Returns what the regular file at `path` holds; `flags` are for open(2). Undefined if it is not small, is something else
 * or cannot be read, and where `useBulkCalls` was not called: the caller then reads it in its own way, and meets the error.
 */
export function readSmallFile(
  path: string,
  flags: number,
  encoding: 'utf8' | 'latin1',
): SmallFile | undefined {
  if (reader === undefined) return undefined
  const { readSmall, memory } = reader
  const result = readSmall(path, flags, memory, memory.length)
  if (result >= 0) return { text: memory.toString(encoding, 0, result) }
  return ABSENT.has(-result) ? { text: undefined } : undefined
}

const ABSENT: ReadonlySet<number> = new Set([constants.errno.ENOENT, constants.errno.ENOTDIR])
