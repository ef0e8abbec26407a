import {
  closeSync,
  constants,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  writeSync,
} from 'node:fs'
import { errnoNameOf } from '../../base/errno-name-of.ts'

/**
 * The few file operations that control groups need. They are synchronous: the kernel answers each in microseconds,
 * less than handing it to a worker thread takes.
 */
export interface CgroupFiles {
  /** Returns the content, or undefined if there is no such file, or nothing behind it any more. */
  read(path: string): string | undefined
  /** Writes each text with a write(2) of its own: the kernel takes one command at a time. */
  write(path: string, ...texts: readonly string[]): void
  mkdir(path: string): 'made' | 'exists' | 'no-parent'
  rmdir(path: string): 'gone' | 'busy'
  /** Returns the names of the folders in `path`; none if it does not exist. */
  folders(path: string): readonly string[]
}

/** The machine's own files. */
export const hostCgroupFiles: CgroupFiles = {
  read(path) {
    return unless(['ENOENT', 'ENODEV'], undefined, () => readFileSync(path, 'utf8'))
  },
  write(path, ...texts) {
    // With O_CREAT a file that is missing would be EACCES: nobody may create one in a control group.
    const descriptor = openSync(path, constants.O_WRONLY)
    try {
      for (const text of texts) writeSync(descriptor, text)
    } finally {
      closeSync(descriptor)
    }
  },
  mkdir(path) {
    return unless(['EEXIST'], 'exists', () =>
      unless(['ENOENT'], 'no-parent', () => {
        mkdirSync(path, 0o755)
        return 'made'
      }),
    )
  },
  rmdir(path) {
    return unless(['EBUSY', 'ENOTEMPTY'], 'busy', () =>
      unless(['ENOENT'], 'gone', () => {
        rmdirSync(path)
        return 'gone'
      }),
    )
  },
  folders(path) {
    return unless(['ENOENT'], [], () =>
      readdirSync(path, { withFileTypes: true })
        .filter(entry => entry.isDirectory())
        .map(entry => entry.name)
        .sort(),
    )
  },
}

/** Returns what `call` returns, or `instead` if it fails with one of `errnos`. */
function unless<T>(errnos: readonly string[], instead: T, call: () => T): T {
  try {
    return call()
  } catch (error) {
    if (errnos.includes(errnoNameOf(error) ?? '')) return instead
    throw error
  }
}
