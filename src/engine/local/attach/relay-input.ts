import { createReadStream } from 'node:fs'
import { Socket } from 'node:net'
import type { Readable } from 'node:stream'
import { isatty, ReadStream } from 'node:tty'
import { descriptorKind, ownDescriptor } from './own-descriptor.ts'
import { TerminalInput } from './terminal-input.ts'

/**
 * Copies what comes from `source`, a stream or a descriptor, into the pipe `target`, which it owns, until either ends. At
 * the end of `source` the pipe is closed. Disposal stops it and closes the pipe. `source` itself stays open.
 */
export function relayInput(source: number | Readable, target: number): Disposable {
  const reader = typeof source === 'number' ? openReader(source) : source
  const pipe = new Socket({ fd: target, readable: false, writable: true })
  const stop = (): void => {
    if (typeof source === 'number') reader.destroy()
    else reader.unpipe(pipe).pause()
    pipe.destroy()
  }
  reader.on('end', () => pipe.destroySoon())
  // A terminal that is gone, or a folder: no more comes.
  reader.on('error', () => pipe.destroySoon())
  // The process reads no more.
  pipe.on('error', stop)
  reader.pipe(pipe, { end: false })
  return { [Symbol.dispose]: stop }
}

/**
 * Types what comes from `source`, a stream or a descriptor, into the terminal behind `master`, which it owns, until it is
 * disposed of. The end of `source` changes nothing, and `source` itself stays open.
 */
export function typeInput(source: number | Readable, master: number): Disposable {
  const reader = typeof source === 'number' ? openReader(source) : source
  const terminal = new TerminalInput(master, () => reader.resume())
  const type = (chunk: Buffer): void => {
    if (!terminal.type(chunk)) reader.pause()
  }
  reader.on('data', type)
  // A terminal that is gone, or a folder: no more comes.
  reader.on('error', () => {})
  return {
    [Symbol.dispose]: () => {
      reader.off('data', type)
      if (typeof source === 'number') reader.destroy()
      else reader.pause()
      terminal[Symbol.dispose]()
    },
  }
}

function openReader(source: number): Readable {
  const fd = ownDescriptor(source, 'read')
  if (descriptorKind(fd) === 'stream') return new Socket({ fd, readable: true, writable: false })
  return isatty(fd) ? new ReadStream(fd) : createReadStream('', { fd })
}
