import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { errnoNameOf } from '../../../base/errno-name-of.ts'

/** The content of one file of a log. */
export interface LogBytes extends Disposable {
  readonly inode: bigint
  /** Returns how many bytes there are at this moment. */
  size(): number
  /** Fills `buffer` from `position` on, and returns with how many bytes. */
  read(buffer: Buffer, position: number): number
}

/** Opens a file that is what it holds; undefined if it is not there. */
export function openPlainLog(path: string): LogBytes | undefined {
  const file = openIfThere(path)
  if (file === undefined) return undefined
  const { ino } = fstatSync(file, { bigint: true })
  return {
    inode: ino,
    size: () => fstatSync(file).size,
    read: (buffer, position) => readSync(file, buffer, 0, buffer.length, position),
    [Symbol.dispose]: () => closeSync(file),
  }
}

/** Returns a descriptor of the file at `path`; undefined if it is not there. */
export function openIfThere(path: string): number | undefined {
  try {
    return openSync(path, 'r')
  } catch (error) {
    if (errnoNameOf(error) !== 'ENOENT') throw error
    return undefined
  }
}
