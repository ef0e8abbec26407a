import { closeSync, constants, fstatSync, openSync, readSync, renameSync, statSync, writeSync } from 'node:fs'
import type { EventRecord } from './event-record.ts'

const APPEND =
  constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK

/** Bytes after which a file is put aside as `<path>.1`, replacing the one before. */
const MOST_BYTES = 1024 * 1024

/**
 * Appends an event to a file of events. Several processes may do so at once: each line is one write(2). A line that a crash cut
 * short before it is ended first. Where the file would become longer than `mostBytes`, it is put aside before.
 */
export function appendEvent(path: string, event: EventRecord, mostBytes: number = MOST_BYTES): void {
  const line = `${JSON.stringify(event)}\n`
  const file = openSync(path, APPEND, 0o600)
  try {
    const { size } = fstatSync(file)
    if (size === 0 || size + Buffer.byteLength(line) <= mostBytes) {
      writeSync(file, `${isLineOpen(file, size) ? '\n' : ''}${line}`)
      return
    }
    // Another process may have put it aside since it was opened.
    if (statSync(path, { throwIfNoEntry: false })?.ino === fstatSync(file).ino) renameSync(path, `${path}.1`)
  } finally {
    closeSync(file)
  }
  appendEvent(path, event, mostBytes)
}

function isLineOpen(file: number, size: number): boolean {
  const last = Buffer.alloc(1)
  return size > 0 && readSync(file, last, 0, 1, size - 1) === 1 && last.toString('latin1') !== '\n'
}
