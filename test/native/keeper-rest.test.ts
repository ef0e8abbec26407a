import { closeSync, existsSync, openSync, readdirSync, renameSync, writeFileSync, writeSync } from 'node:fs'
import { beforeAll, expect, test } from 'vitest'
import { openPipe } from '../../src/linux/pipe.ts'
import { readProcessStat } from '../../src/linux/process-stat.ts'
import { eventually } from '../support/eventually.ts'
import { buildSanitizedKeeper, KeeperFixture, SIGKILL, shell } from './keeper-fixture.ts'

beforeAll(buildSanitizedKeeper)

/** Runs until it is told to end, and writes a line when it starts. */
function program(fixture: KeeperFixture): ReturnType<typeof shell> {
  const go = fixture.path('go')
  return shell(`date +%s%3N; until [ -e ${go} ]; do sleep 0.01; done; exit $(cat ${go}; rm ${go})`)
}

const supervise = (fixture: KeeperFixture) =>
  fixture.connection.supervise(program(fixture), fixture.path('sup'))

/** When it was started, milliseconds since the epoch. */
function starts(fixture: KeeperFixture): readonly number[] {
  return fixture.read('sup').trim().split('\n').filter(Boolean).map(Number)
}

async function startedTimes(fixture: KeeperFixture, count: number): Promise<void> {
  await eventually(async () => expect(starts(fixture)).toHaveLength(count))
}

function end(fixture: KeeperFixture, exitCode = 0): void {
  writeFileSync(fixture.path('go.new'), String(exitCode))
  renameSync(fixture.path('go.new'), fixture.path('go'))
}

/** Processes of the supervisor: children of the keeper other than that of the container. */
async function children(fixture: KeeperFixture): Promise<number> {
  const { pid } = await fixture.connection.identity()
  return readdirSync('/proc').filter(other => readProcessStat(Number(other))?.parentPid === pid).length
}

/** A container, and a supervisor that rests beside it. */
async function resting(): Promise<KeeperFixture> {
  const fixture = await KeeperFixture.start()
  await fixture.connection.launch(fixture.container('a', 'exec sleep 1000'))
  await supervise(fixture)
  await startedTimes(fixture, 1)
  await rest(fixture)
  return fixture
}

async function rest(fixture: KeeperFixture): Promise<void> {
  await fixture.connection.rest()
  end(fixture)
  await eventually(async () => expect(await children(fixture)).toBe(1))
}

test('rest() keeps a supervisor that ends well from running again until a container ends', async () => {
  await using fixture = await resting()
  await fixture.connection.signal('a', SIGKILL)
  await startedTimes(fixture, 2)
  end(fixture)
})

test('rest() is over when a container starts', async () => {
  await using fixture = await resting()
  await fixture.connection.launch(fixture.container('b', 'exec sleep 1000'))
  await startedTimes(fixture, 2)
})

test('rest() is over with SUPERVISE, of the same program and of another one', async () => {
  await using fixture = await resting()
  await supervise(fixture)
  await startedTimes(fixture, 2)
  await rest(fixture)
  await fixture.connection.supervise(shell('echo other; exec sleep 1000'), fixture.path('sup'))
  await eventually(async () => expect(fixture.read('sup')).toContain('other'))
})

test('rest() is not over with the end of an auxiliary process that a client waits for', async () => {
  await using fixture = await resting()
  const { connection } = fixture
  for (const script of ['true', 'sleep 0.3']) {
    await connection.launch(fixture.auxiliary('exec', script, { join: 'a' }))
    await connection.wait('exec')
  }
  expect([await children(fixture), starts(fixture).length]).toEqual([1, 1])
})

test('rest() is over with the end of an auxiliary process whose client is gone', async () => {
  await using fixture = await resting()
  const other = await KeeperFixture.start(fixture.folder)
  const script = `until [ -e ${fixture.path('end')} ]; do sleep 0.01; done`
  await other.connection.launch(fixture.auxiliary('exec', script, {}))
  other.connection.close()
  writeFileSync(fixture.path('end'), '')
  await startedTimes(fixture, 2)
})

test('what happens between rest() and the end of the supervisor is not lost', async () => {
  await using fixture = await KeeperFixture.start()
  const { connection } = fixture
  await connection.launch(fixture.container('a', 'exec sleep 1000'))
  await supervise(fixture)
  await startedTimes(fixture, 1)
  await connection.rest()
  const ended = connection.wait('a')
  await connection.signal('a', SIGKILL)
  await ended
  end(fixture)
  await startedTimes(fixture, 2)
  // No container lives now: the next end is the last.
  end(fixture)
})

test('a supervisor that fails instead of resting runs again', async () => {
  await using fixture = await KeeperFixture.start()
  await fixture.connection.launch(fixture.container('a', 'exec sleep 1000'))
  await supervise(fixture)
  await startedTimes(fixture, 1)
  await fixture.connection.rest()
  end(fixture, 1)
  await startedTimes(fixture, 2)
})

test('rest() fails without a supervisor', async () => {
  await using fixture = await KeeperFixture.start()
  await expect(fixture.connection.rest()).rejects.toMatchObject({ errnoName: 'ESRCH' })
})

test('entrust() wakes when the descriptor is readable, also if it was before', async () => {
  await using fixture = await resting()
  const pipe = openPipe()
  await fixture.connection.entrust('wake/pipe', pipe.readFd, { wakes: true })
  writeSync(pipe.writeFd, 'x')
  await startedTimes(fixture, 2)
  await fixture.connection.rest()
  end(fixture)
  await startedTimes(fixture, 3)
  closeSync(pipe.readFd)
  closeSync(pipe.writeFd)
})

test('entrust() wakes a supervisor that rests at once less and less often', async () => {
  await using fixture = await resting()
  const { connection } = fixture
  const pipe = openPipe()
  writeSync(pipe.writeFd, 'x')
  await connection.entrust('wake/pipe', pipe.readFd, { wakes: true })
  for (let count = 2; count <= 5; count++) {
    await startedTimes(fixture, count)
    await connection.rest()
    end(fixture)
  }
  const gaps = starts(fixture).flatMap((at, index, all) => (index < 2 ? [] : [at - (all[index - 1] ?? 0)]))
  for (const [index, gap] of gaps.entries()) expect(gap).toBeGreaterThanOrEqual(100 * 2 ** index)
  closeSync(pipe.readFd)
  closeSync(pipe.writeFd)
})

test('entrust() lends what it holds, in place of an earlier one, and release() closes it', async () => {
  await using fixture = await KeeperFixture.start()
  const { connection } = fixture
  const [first, second] = [openPipe(), openPipe()]
  for (const { readFd } of [first, second]) await connection.entrust('wake/pipe', readFd, { wakes: true })
  const lent = await connection.lend('wake/')
  expect(lent.map(({ name }) => name)).toEqual(['wake/pipe'])
  closeSync(first.readFd)
  // Nobody else has the other end of the first.
  expect(() => writeSync(first.writeFd, 'x')).toThrow('EPIPE')
  closeSync(second.readFd)
  writeSync(second.writeFd, 'x')
  expect(await connection.release('wake/')).toBe(1)
  for (const { fd } of lent) closeSync(fd)
  expect(() => writeSync(second.writeFd, 'x')).toThrow('EPIPE')
  for (const { writeFd } of [first, second]) closeSync(writeFd)
})

test('entrust() refuses the name of a socket, a file that is to wake, and a request without a descriptor', async () => {
  await using fixture = await KeeperFixture.start()
  const { connection } = fixture
  await connection.keep('web', Buffer.from('x'))
  const pipe = openPipe()
  await expect(connection.entrust('web', pipe.readFd)).rejects.toMatchObject({ errnoName: 'EEXIST' })
  closeSync(pipe.readFd)
  closeSync(pipe.writeFd)
  const file = openSync(fixture.path('log'), 'r')
  await expect(connection.entrust('file', file, { wakes: true })).rejects.toMatchObject({
    errnoName: 'EPERM',
  })
  await connection.entrust('file', file)
  closeSync(file)
  expect(existsSync(fixture.socketPath)).toBe(true)
})
