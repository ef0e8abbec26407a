import { closeSync, constants, openSync, readSync } from 'node:fs'
import { expect, test } from 'vitest'
import { errnoNameOf } from '../../../../src/base/errno-name-of.ts'
import { TerminalInput } from '../../../../src/engine/local/attach/terminal-input.ts'
import { openPipe } from '../../../../src/linux/pipe.ts'
import { eventually } from '../../../support/eventually.ts'

/** Returns what a pipe has at the moment. */
function readWaiting(fd: number): string {
  const bytes = Buffer.alloc(1 << 20)
  try {
    return bytes.toString('utf8', 0, readSync(fd, bytes))
  } catch (error) {
    if (errnoNameOf(error) === 'EAGAIN') return ''
    throw error
  }
}

test('TerminalInput types what does not fit once there is room, in order', async () => {
  const pipe = openPipe()
  const flags = constants.O_NONBLOCK
  const end = openSync(`/proc/self/fd/${pipe.writeFd}`, constants.O_WRONLY | flags)
  const reader = openSync(`/proc/self/fd/${pipe.readFd}`, constants.O_RDONLY | flags)
  for (const fd of [pipe.readFd, pipe.writeFd]) closeSync(fd)
  const long = 'k'.repeat(100_000)
  let read = ''
  {
    let rooms = 0
    using input = new TerminalInput(end, () => {
      rooms += 1
    })
    expect(input.type(Buffer.from('first'))).toBe(true)
    expect(input.type(Buffer.from(long))).toBe(false)
    expect(input.type(Buffer.from('last'))).toBe(false)
    expect(rooms).toBe(0)
    await eventually(async () => {
      read += readWaiting(reader)
      expect(read.length).toBe(long.length + 9)
    })
    await eventually(async () => expect(rooms).toBe(1))
  }
  expect(read).toBe(`first${long}last`)
  closeSync(reader)
})

test('TerminalInput drops what is typed into a terminal that is gone', () => {
  const pipe = openPipe()
  closeSync(pipe.readFd)
  using input = new TerminalInput(pipe.writeFd)
  expect(() => input.type(Buffer.from('x'))).not.toThrow()
})
