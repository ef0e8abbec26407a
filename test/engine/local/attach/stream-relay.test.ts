import { closeSync, createReadStream, existsSync, openSync, readlinkSync, readSync, writeSync } from 'node:fs'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { describe, expect, test } from 'vitest'
import { openStreamRelay } from '../../../../src/engine/local/attach/stream-relay.ts'
import { openPipe } from '../../../../src/linux/pipe.ts'

describe('openStreamRelay()', () => {
  test('gives the process pipes of its own', () => {
    const streams = [openPipe(), openPipe(), openPipe()] as const
    const [input, output, errors] = streams
    using relay = openStreamRelay({ stdin: input.readFd, stdout: output.writeFd, stderr: errors.writeFd })
    expect(relay.pipes).toEqual([0, 1, 2])
    const own = relay.fds.map(targetOf)
    expect(new Set([...own, ...streams.map(({ readFd }) => targetOf(readFd))]).size).toBe(6)
    for (const { readFd, writeFd } of streams) closeAll(readFd, writeFd)
  })

  test('gives the process the null device for the null device', () => {
    const [source, output] = [openSync('/dev/null', 'r'), openPipe()]
    using relay = openStreamRelay({ stdin: source, stdout: output.writeFd, stderr: output.writeFd })
    expect(relay.pipes).toEqual([1, 2])
    expect(relay.fds[0]).not.toBe(source)
    expect(targetOf(relay.fds[0] ?? -1)).toBe('/dev/null')
    closeAll(source, output.readFd, output.writeFd)
  })

  test('keeps the order of two outputs that go to one place', async () => {
    const [source, output] = [openSync('/dev/null', 'r'), openPipe()]
    using relay = openStreamRelay({ stdin: source, stdout: output.writeFd, stderr: output.writeFd })
    const [, out = -1, err = -1] = relay.fds
    for (let line = 0; line < 100; line++) writeSync(line % 2 === 0 ? out : err, `${line} `)
    relay.started()
    await relay.finish()
    const chunk = Buffer.alloc(1000)
    const numbers = Array.from({ length: 100 }, (_, line) => `${line} `).join('')
    expect(chunk.toString('utf8', 0, readSync(output.readFd, chunk))).toBe(numbers)
    closeAll(source, output.readFd, output.writeFd)
  })

  test('joins the process to streams, and leaves them open', async () => {
    const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()]
    using relay = openStreamRelay({ stdin, stdout, stderr })
    const [input = -1, out = -1, err = -1] = relay.fds
    // What the process does with its own ends of the pipes, before the caller closes its copies.
    const own = openSync(`/proc/self/fd/${input}`, 'r')
    writeSync(out, 'to out')
    writeSync(err, 'to err')
    relay.started()
    stdin.end('to the process')
    await relay.finish()
    expect(stdout.read()?.toString()).toBe('to out')
    expect(stderr.read()?.toString()).toBe('to err')
    expect([stdout.writable, stderr.writable]).toEqual([true, true])
    expect(await text(createReadStream('', { fd: own }))).toBe('to the process')
  })

  test('keeps the order of two outputs that are one stream', () => {
    const [stdin, both] = [new PassThrough(), new PassThrough()]
    using relay = openStreamRelay({ stdin, stdout: both, stderr: both })
    expect(relay.fds[1]).toBe(relay.fds[2])
  })

  test('closes the ends of the process when it has started, and the others when disposed', () => {
    const [input, output] = [openPipe(), openPipe()]
    const relay = openStreamRelay({ stdin: input.readFd, stdout: output.writeFd, stderr: output.writeFd })
    const before = relay.fds.map(targetOf)
    relay.started()
    expect(relay.fds.map(targetOf)).not.toEqual(expect.arrayContaining(before.slice(0, 1)))
    expect(relay.fds.map(targetOf)).not.toEqual(expect.arrayContaining(before.slice(1, 2)))
    relay[Symbol.dispose]()
    closeAll(input.readFd, input.writeFd, output.readFd, output.writeFd)
  })
})

/** A closed one has none, or that of another which took its number. */
function targetOf(fd: number): string {
  const path = `/proc/self/fd/${fd}`
  return existsSync(path) ? readlinkSync(path) : ''
}

function closeAll(...fds: readonly number[]): void {
  for (const fd of fds) closeSync(fd)
}
