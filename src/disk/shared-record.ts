import { closeSync, fdatasyncSync, fsyncSync, mkdirSync, openSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { recordText, replaceFile } from './record-file.ts'
import { temporaryName } from './temporary-name.ts'

/**
 * Writes a record that several processes may write at once, each with a name of its own until the rename: no lock is
 * held over images. After a crash or a power cut there is the old or the new one, whole. Its folder is made.
 */
export function writeSharedRecord(path: string, value: object): void {
  writeSharedText(path, recordText(value))
}

/** Writes `text` as `writeSharedRecord` writes a record. */
export function writeSharedText(path: string, text: string): void {
  const folder = dirname(path)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const temporary = join(folder, temporaryName())
  const file = openSync(temporary, 'wx', 0o600)
  try {
    writeFileSync(file, text)
    fdatasyncSync(file)
  } finally {
    closeSync(file)
  }
  replaceFile(temporary, path)
  syncFolder(folder)
}

function syncFolder(path: string): void {
  const folder = openSync(path, 'r')
  try {
    fsyncSync(folder)
  } finally {
    closeSync(folder)
  }
}
