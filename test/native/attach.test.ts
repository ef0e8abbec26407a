import { closeSync, readSync, writeSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { WriteStream } from 'node:tty'
import { beforeAll, expect, test } from 'vitest'
import { errnoNameOf } from '../../src/base/errno-name-of.ts'
import { attachStreams } from '../../src/runtime/keeper/attach-streams.ts'
import { eventually } from '../support/eventually.ts'
import { buildSanitizedKeeper, KeeperFixture, steps } from './keeper-fixture.ts'

beforeAll(() => buildSanitizedKeeper())

/** Reads until there are `count` bytes, or none come any more: the pipe does not block. */
async function readText(fd: number, count: number): Promise<string> {
  const bytes = Buffer.alloc(count)
  let at = 0
  while (at < count) {
    try {
      const got = readSync(fd, bytes, at, count - at, null)
      if (got === 0) break
      at += got
    } catch (error) {
      if (errnoNameOf(error) !== 'EAGAIN') throw error
      await delay(5)
    }
  }
  return bytes.toString('utf8', 0, at)
}

test('attachStreams() gives what a container writes from then on, and its input; the log has all of it', async () => {
  await using keeper = await KeeperFixture.start()
  const script =
    'echo before; while read -r line; do echo "out:$line"; echo "err:$line" >&2; [ "$line" = end ] && exit 3; done'
  await keeper.connection.launch(keeper.container('c', script, { stdinOpen: true }))
  await eventually(async () => expect(keeper.lines('c')).toEqual(['stdout F before']))
  const first = attachStreams(keeper.socketPath, 'c')
  const second = attachStreams(keeper.socketPath, 'c')
  expect(first).toMatchObject({ isTerminal: false, outputs: [expect.any(Number), expect.any(Number)] })
  const { input = -1 } = first
  writeSync(input, 'a\n')
  for (const { outputs } of [first, second]) {
    expect(await readText(outputs[0] ?? -1, 6)).toBe('out:a\n')
    expect(await readText(outputs[1] ?? -1, 6)).toBe('err:a\n')
  }
  // One that leaves does not end what the other has.
  for (const fd of [...second.outputs, second.input ?? -1]) closeSync(fd)
  writeSync(input, 'end\n')
  const { status } = await keeper.connection.wait('c')
  expect(status).toBe(3 << 8)
  expect(await readText(first.outputs[0] ?? -1, 100)).toBe('out:end\n')
  expect(await readText(first.outputs[1] ?? -1, 100)).toBe('err:end\n')
  for (const fd of [...first.outputs, input]) closeSync(fd)
  expect(keeper.lines('c')).toEqual(
    expect.arrayContaining([
      'stdout F before',
      'stdout F out:a',
      'stderr F err:a',
      'stdout F out:end',
      'stderr F err:end',
    ]),
  )
})

test('attachStreams() gives the master of a terminal to type into', async () => {
  await using keeper = await KeeperFixture.start()
  const program = steps(
    { op: 'new-session' },
    { op: 'open-terminal', ptmx: '/dev/ptmx', rows: 24, columns: 80, uid: -1 },
    {
      op: 'exec',
      candidates: ['/bin/sh'],
      argv: ['sh', '-c', 'stty -echo; read -r line; echo "got:$line"'],
      environment: ['PATH=/usr/bin:/bin'],
    },
  )
  await keeper.connection.launch(keeper.container('t', '', { program }))
  const { outputs, input = -1, isTerminal } = attachStreams(keeper.socketPath, 't')
  expect([isTerminal, outputs]).toEqual([true, [expect.any(Number)]])
  writeSync(input, 'typed\n')
  const shown = await readText(outputs[0] ?? -1, 4096)
  expect(shown).toContain('got:typed\r\n')
  for (const fd of [...outputs, input]) closeSync(fd)
  await keeper.connection.wait('t')
})

test('the keeper goes on after a client has made the master of a terminal block', async () => {
  await using keeper = await KeeperFixture.start()
  const program = steps(
    { op: 'new-session' },
    { op: 'open-terminal', ptmx: '/dev/ptmx', rows: 24, columns: 80, uid: -1 },
    { op: 'exec', candidates: ['/bin/cat'], argv: ['cat'], environment: [] },
  )
  await keeper.connection.launch(keeper.container('t', '', { program }))
  const { outputs, input = -1 } = attachStreams(keeper.socketPath, 't')
  const master = new WriteStream(input)
  master.write('typed\n')
  expect(await readText(outputs[0] ?? -1, 7)).toBe('typed\r\n')
  expect(await keeper.connection.list()).toMatchObject([{ id: 't' }])
  master.destroy()
  for (const fd of outputs) closeSync(fd)
})

test('a reader that does not read keeps neither the container nor its log from going on, and is forgotten once gone', async () => {
  await using keeper = await KeeperFixture.start()
  const script =
    'read -r go; i=0; while [ $i -lt 400 ]; do printf "%08191d\\n" $i; i=$((i + 1)); done; read -r end'
  await keeper.connection.launch(keeper.container('c', script, { stdinOpen: true }))
  const slow = attachStreams(keeper.socketPath, 'c')
  writeSync(slow.input ?? -1, 'go\n')
  await eventually(async () => expect(keeper.lines('c')).toHaveLength(400))
  const got = await readText(slow.outputs[0] ?? -1, 4096)
  expect(got).toHaveLength(4096)
  for (const fd of slow.outputs) closeSync(fd)
  // More than may be attached at a time.
  for (let count = 0; count < 40; count += 1) {
    const next = attachStreams(keeper.socketPath, 'c')
    for (const fd of [...next.outputs, next.input ?? -1]) closeSync(fd)
  }
  const held = Array.from({ length: 16 }, () => attachStreams(keeper.socketPath, 'c'))
  expect(() => attachStreams(keeper.socketPath, 'c')).toThrow(
    expect.objectContaining({ errnoName: 'EMFILE' }),
  )
  for (const { outputs, input = -1 } of held) for (const fd of [...outputs, input]) closeSync(fd)
  writeSync(slow.input ?? -1, 'end\n')
  closeSync(slow.input ?? -1)
  await keeper.connection.wait('c')
})

test('attachStreams() refuses what does not run, and what has no output here', async () => {
  await using keeper = await KeeperFixture.start()
  expect(() => attachStreams(keeper.socketPath, 'none')).toThrow(
    expect.objectContaining({ errnoName: 'ESRCH' }),
  )
  await keeper.connection.launch(keeper.container('c', 'sleep 600', { logPath: undefined }))
  expect(() => attachStreams(keeper.socketPath, 'c')).toThrow(
    expect.objectContaining({ errnoName: 'EOPNOTSUPP' }),
  )
})
