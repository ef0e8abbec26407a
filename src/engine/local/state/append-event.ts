import { closeSync, constants, fstatSync, openSync, readSync, renameSync, writeSync } from 'node:fs'
import type { EventRecord } from './event-record.ts'

const APPEND =
  constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK

/**
 * Appends an event to a file of events. Several processes may do so at once: each line is one write(2). A line that a crash cut
 * short before it is ended first.
 *
 * @param mostBytes Where the file would become longer, it is put aside as `<path>.1` before. Only one process may do that.
 * @default the file grows
 */
export function appendEvent(
  path: string,
  event: EventRecord,
  mostBytes: number = Number.POSITIVE_INFINITY,
): void {
  const line = `${JSON.stringify(event)}\n`
  const file = openSync(path, APPEND, 0o600)
  try {
    const { size } = fstatSync(file)
    if (size === 0 || size + Buffer.byteLength(line) <= mostBytes) {
      writeSync(file, `${isLineOpen(file, size) ? '\n' : ''}${line}`)
      return
    }
  } finally {
    closeSync(file)
  }
  renameSync(path, `${path}.1`)
  appendEvent(path, event, mostBytes)
}

function isLineOpen(file: number, size: number): boolean {
  const last = Buffer.alloc(1)
  return size > 0 && readSync(file, last, 0, 1, size - 1) === 1 && last.toString('latin1') !== '\n'
}
