import {
  closeSync,
  constants,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, expect, test } from 'vitest'
import { relayInput } from '../../../../src/engine/local/attach/relay-input.ts'
import { openPipe } from '../../../../src/linux/pipe.ts'
import { eventually } from '../../../support/eventually.ts'

const { O_NONBLOCK } = constants

describe('relayInput()', () => {
  test('copies a pipe to its end and then closes the target', async () => {
    const [source, target] = [openPipe(), openPipe()]
    using _ = relayInput(source.readFd, target.writeFd)
    expect(flagsOf(source.readFd) & O_NONBLOCK).toBe(0)
    const received = textOf(target.readFd)
    writeSync(source.writeFd, 'one ')
    writeSync(source.writeFd, 'two')
    closeSync(source.writeFd)
    expect(await received).toBe('one two')
    closeSync(source.readFd)
  })

  test('copies a file from where its descriptor is', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tc-relay-'))
    const content = 'x'.repeat(1_000_000)
    writeFileSync(join(folder, 'file'), `head ${content}`)
    const file = openSync(join(folder, 'file'), 'r')
    readSync(file, Buffer.alloc(5))
    const target = openPipe()
    using _ = relayInput(file, target.writeFd)
    expect(await textOf(target.readFd)).toBe(content)
    closeSync(file)
    rmSync(folder, { recursive: true })
  })

  test('takes what cannot be read for an end', async () => {
    const folder = openSync(tmpdir(), 'r')
    const target = openPipe()
    using _ = relayInput(folder, target.writeFd)
    expect(await textOf(target.readFd)).toBe('')
    closeSync(folder)
  })

  test('stops when nobody reads the target, and when it is disposed', async () => {
    const [source, target] = [openPipe(), openPipe()]
    {
      using _ = relayInput(source.readFd, target.writeFd)
      closeSync(target.readFd)
      writeSync(source.writeFd, 'for nobody')
    }
    const next = openPipe()
    relayInput(source.readFd, next.writeFd)[Symbol.dispose]()
    expect(await textOf(next.readFd)).toBe('')
    closeSync(source.readFd)
    // Nothing of the relays holds the pipe.
    await eventually(async () => expect(() => writeSync(source.writeFd, '.')).toThrow('EPIPE'))
    closeSync(source.writeFd)
  })
})

/** Who shares the descriptor relies on it that they stay. */
function flagsOf(fd: number): number {
  const flags = /flags:\s+(\d+)/.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))?.[1] ?? ''
  return Number.parseInt(flags, 8)
}

function textOf(fd: number): Promise<string> {
  return text(new Socket({ fd, readable: true, writable: false }))
}
