import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { eventsPath, parseEventLine } from '../../../../src/engine/local/state/event-record.ts'
import {
  type ContainerLayout,
  containerLayout,
  projectLayout,
} from '../../../../src/engine/local/state/layout.ts'
import { readHealthRecord, readRestartRecord } from '../../../../src/engine/local/state/live-files.ts'
import type { LiveRecord } from '../../../../src/engine/local/state/live-record.ts'
import type {
  KeeperEvent,
  KeeperPort,
  LentSocket,
} from '../../../../src/engine/local/supervisor/keeper-port.ts'
import { runSupervisor, type SupervisorOptions } from '../../../../src/engine/local/supervisor/supervisor.ts'
import { parseContainerId, parseProjectName } from '../../../../src/model/names.ts'
import { readExitFile, readPidFile } from '../../../../src/runtime/keeper/process-files.ts'
import { FakeClock } from '../../../support/fake-clock.ts'

const project = parseProjectName('shop')
const ID = 'a'.repeat(64)
const stat = readFileSync('/proc/self/stat', 'latin1')
const ownStartTime = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]

let folder: string
let clock: FakeClock
let keeper: FakeKeeper
let layout: ContainerLayout
let reports: string[]

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tcompose-supervisor-'))
  clock = new FakeClock()
  keeper = new FakeKeeper()
  reports = []
  layout = containerLayout(roots(), project, parseContainerId(ID))
  mkdirSync(layout.runDir, { recursive: true })
})
afterEach(() => rmSync(folder, { recursive: true }))

const roots = () => ({ data: join(folder, 'data'), run: join(folder, 'run') })

/** Writes the files that the real one writes; every container's process is this one. */
class FakeKeeper implements KeeperPort {
  readonly closing = Promise.withResolvers<void>()
  readonly closed = this.closing.promise
  readonly signals: (readonly [string, number])[] = []
  readonly entrusted = new Set<string>()
  launches = 0
  probeStatus = 0
  failure: Error | undefined
  beforeLaunch = () => {}
  beforeRest = () => {}
  #listener: (event: KeeperEvent) => void = () => {}

  subscribe(listener: (event: KeeperEvent) => void): Promise<void> {
    this.#listener = listener
    return Promise.resolve()
  }

  async launch(request: Buffer): Promise<{ readonly pid: number }> {
    if (request.toString('utf8', 4).startsWith('probe')) return { pid: 1 }
    this.launches++
    this.beforeLaunch()
    rmSync(layout.exit, { force: true })
    rmSync(layout.pid, { force: true })
    if (this.failure !== undefined) throw this.failure
    this.started()
    return { pid: 1 }
  }

  started(): void {
    writeFileSync(layout.pid, `${process.pid} ${ownStartTime} ${clock.now()}000000\n`)
    this.#listener({ kind: 'started', id: ID })
  }

  exited(waitStatus: number): void {
    writeFileSync(layout.exit, `${waitStatus} ${clock.now()}000000\n`)
    this.#listener({ kind: 'exited', id: ID })
  }

  signal(id: string, signal: number): Promise<void> {
    this.signals.push([id, signal])
    return Promise.resolve()
  }

  wait(): Promise<{ readonly status: number }> {
    return Promise.resolve({ status: this.probeStatus })
  }

  async lend(_prefix: string): Promise<readonly LentSocket[]> {
    return []
  }

  async entrust(name: string): Promise<void> {
    this.entrusted.add(name)
  }

  async release(prefix: string): Promise<void> {
    for (const name of this.entrusted) if (name.startsWith(prefix)) this.entrusted.delete(name)
  }

  async rest(): Promise<void> {
    this.beforeRest()
  }
}

function writeLive(fields: Partial<LiveRecord> = {}): void {
  const live: LiveRecord = {
    version: 1,
    id: ID,
    project: 'shop',
    service: 'web',
    number: 1,
    name: 'shop-web-1',
    netns: undefined,
    endpoints: [],
    ports: [],
    dns: undefined,
    health: undefined,
    restart: { kind: 'always' },
    cgroups: [],
    ...fields,
  }
  writeFileSync(
    layout.launch,
    Buffer.concat([Buffer.from([4, 0, 0, 0]), Buffer.from('main'), Buffer.alloc(8)]),
  )
  writeFileSync(
    layout.healthLaunch,
    Buffer.concat([Buffer.from([5, 0, 0, 0]), Buffer.from('probe'), Buffer.alloc(8)]),
  )
  writeFileSync(layout.live, JSON.stringify(live))
}

interface Running {
  hasEnded: boolean
}

async function supervise(more: Partial<SupervisorOptions> = {}): Promise<Running> {
  const running: Running = { hasEnded: false }
  const pipe = {
    writeFd: -1,
    closeWriteEnd: () => {},
    collect: () => Promise.resolve('out'),
    [Symbol.dispose]: () => {},
  }
  const report = (line: string) => void reports.push(line)
  const options = { roots: roots(), project, keeper, clock, report, openPipe: () => pipe, ...more }
  void runSupervisor(options).then(() => {
    running.hasEnded = true
  })
  await clock.advance(0)
  return running
}

/** A new supervisor with the same disk; the old one hears no more. */
async function superviseAnew(more: Partial<SupervisorOptions> = {}): Promise<Running> {
  keeper = Object.assign(new FakeKeeper(), { launches: keeper.launches })
  clock = new FakeClock(clock.now())
  return supervise(more)
}

const events = () =>
  readFileSync(eventsPath(projectLayout(roots(), project)), 'utf8')
    .trimEnd()
    .split('\n')
    .map(line => {
      const event = parseEventLine(line)
      const { name: _name, ...told } = event?.attributes ?? {}
      return `${event?.action} ${Object.values(told).join(' ')}`.trim()
    })
const restarts = () => readRestartRecord(layout.restarts)

describe('runSupervisor() restarts', () => {
  beforeEach(async () => {
    writeLive()
    keeper.started()
  })

  test('a container that ended, after 100 ms, with the stored launch', async () => {
    await supervise()
    await clock.advance(50)
    keeper.exited(256)
    await clock.advance(99)
    expect(keeper.launches).toBe(0)
    expect(restarts()).toMatchObject({ count: 1, delayMs: 100, nextAt: 1_000_150 })
    await clock.advance(1)
    expect(keeper.launches).toBe(1)
    expect(restarts()).toMatchObject({ count: 1, nextAt: undefined })
    expect(events()).toEqual(['start', 'die 0 1 1000150', 'restart 1', 'start 1 exit code 1'])
  })
  test('one that ended while no supervisor lived', async () => {
    keeper.exited(0)
    await supervise()
    await clock.advance(100)
    expect(keeper.launches).toBe(1)
  })
  test('one again and again, ever more slowly', async () => {
    await supervise()
    for (const delay of [100, 200, 400, 800, 1600]) {
      keeper.exited(256)
      const before = keeper.launches
      await clock.advance(delay - 1)
      expect(keeper.launches).toBe(before)
      await clock.advance(1)
      expect(keeper.launches).toBe(before + 1)
    }
    expect(restarts().count).toBe(5)
  })
  test('one once, when the supervisor is killed during the wait', async () => {
    await supervise()
    keeper.exited(256)
    await clock.advance(10)
    await superviseAnew()
    expect(restarts()).toMatchObject({ count: 1, nextAt: 1_000_100 })
    await clock.advance(90)
    expect(keeper.launches).toBe(1)
    expect(events()).toEqual(['start', 'die 0 1 1000100', 'restart 1', 'start 1 exit code 1'])
  })
  test('one whose launch was cut short with the supervisor', async () => {
    await supervise()
    keeper.exited(256)
    rmSync(layout.pid)
    rmSync(layout.exit)
    await superviseAnew()
    await clock.advance(100)
    expect(keeper.launches).toBe(1)
    expect(restarts()).toMatchObject({ count: 1, nextAt: undefined })
  })
  test('a launch that fails like an end with code 127', async () => {
    await supervise()
    keeper.failure = new Error('exec: ENOENT')
    keeper.exited(0)
    await clock.advance(100)
    expect(readExitFile(layout.exit)?.exitCode).toBe(127)
    expect(reports).toEqual(['container aaaaaaaaaaaa: exec: ENOENT'])
    await clock.advance(200)
    expect(keeper.launches).toBe(2)
    keeper.failure = undefined
    await clock.advance(400)
    expect(keeper.launches).toBe(3)
    expect(readPidFile(layout.pid)).toBeDefined()
  })
  test('nothing that is stopped on purpose', async () => {
    await supervise()
    writeFileSync(layout.stopped, '')
    keeper.exited(0)
    await clock.advance(5000)
    expect(keeper.launches).toBe(0)
    expect(events()).toEqual(['start', 'die 0 0'])
  })
  test('nothing that is stopped during the wait', async () => {
    await supervise()
    keeper.exited(0)
    writeFileSync(layout.stopped, '')
    await clock.advance(5000)
    expect(keeper.launches).toBe(0)
    expect(restarts().nextAt).toBeUndefined()
  })
  test('nothing that is removed during the wait', async () => {
    await supervise()
    keeper.exited(0)
    rmSync(layout.runDir, { recursive: true })
    await clock.advance(5000)
    expect(keeper.launches).toBe(0)
    expect(existsSync(layout.runDir)).toBe(false)
  })
  test('what is stopped during the launch, and kills it', async () => {
    await supervise()
    keeper.beforeLaunch = () => writeFileSync(layout.stopped, '')
    keeper.exited(0)
    await clock.advance(100)
    expect(keeper.signals).toEqual([[ID, 9]])
  })
})

test('runSupervisor() makes each restart once, whenever it is killed', async () => {
  const happenings = fc.array(fc.oneof(fc.constant('end'), fc.constant('kill'), fc.nat({ max: 700 })), {
    maxLength: 12,
  })
  const happen = async (happening: string | number) => {
    if (typeof happening === 'number') await clock.advance(happening)
    else if (happening === 'kill') await superviseAnew()
    else if (!existsSync(layout.exit)) keeper.exited(256)
  }
  const scenario = fc.asyncProperty(happenings, async sequence => {
    rmSync(layout.runDir, { recursive: true })
    mkdirSync(layout.runDir, { recursive: true })
    keeper = new FakeKeeper()
    clock = new FakeClock(clock.now() + 1000)
    writeLive()
    keeper.started()
    await supervise()
    let ends = 0
    for (const happening of sequence) {
      if (happening === 'end' && !existsSync(layout.exit)) ends++
      await happen(happening)
    }
    await clock.advance(120_000)
    expect(existsSync(layout.exit)).toBe(false)
    expect(keeper.launches).toBe(ends)
    expect(restarts()).toMatchObject({ count: ends, nextAt: undefined })
  })
  await fc.assert(scenario, { numRuns: 60 })
})

test('runSupervisor() leaves a container alone whose policy is no', async () => {
  writeLive({ restart: { kind: 'no' } })
  keeper.started()
  await supervise()
  keeper.exited(256)
  await clock.advance(60_000)
  expect(keeper.launches).toBe(0)
  expect(existsSync(layout.restarts)).toBe(false)
})

describe('runSupervisor() ends', () => {
  test('two seconds after the last container', async () => {
    writeLive({ restart: { kind: 'no' } })
    keeper.started()
    const running = await supervise()
    await clock.advance(3_600_000)
    expect(running.hasEnded).toBe(false)
    keeper.exited(0)
    await clock.advance(1999)
    expect(running.hasEnded).toBe(false)
    await clock.advance(1)
    expect(running.hasEnded).toBe(true)
  })
  test('not while a restart is due', async () => {
    writeLive()
    writeFileSync(layout.restarts, JSON.stringify({ version: 1, count: 9, delayMs: 30_000 }))
    keeper.started()
    const running = await supervise()
    keeper.exited(0)
    await clock.advance(59_999)
    expect(running.hasEnded).toBe(false)
    expect(keeper.launches).toBe(0)
    await clock.advance(1)
    expect(keeper.launches).toBe(1)
  })
  test('ten seconds after its start when no container comes', async () => {
    const running = await supervise()
    await clock.advance(9999)
    expect(running.hasEnded).toBe(false)
    await clock.advance(1)
    expect(running.hasEnded).toBe(true)
  })
  test('at once when the keeper is gone', async () => {
    writeLive()
    keeper.started()
    const running = await supervise()
    keeper.closing.resolve()
    await clock.advance(0)
    expect(running.hasEnded).toBe(true)
  })
})

describe('runSupervisor() checks health', () => {
  const health = {
    test: { kind: 'shell', command: 'true' },
    intervalMs: 1000,
    timeoutMs: 500,
    retries: 2,
    startPeriodMs: 0,
    startIntervalMs: 100,
  } as const
  const record = () => {
    const run = readPidFile(layout.pid)
    return run === undefined ? undefined : readHealthRecord(layout.health, run)
  }
  beforeEach(() => {
    writeLive({ health })
    keeper.started()
  })

  test('after one interval, and tells of the change', async () => {
    await supervise()
    await clock.advance(999)
    expect(record()).toMatchObject({ status: 'starting', log: [] })
    await clock.advance(1)
    expect(record()).toMatchObject({ status: 'healthy', log: [{ exitCode: 0, output: 'out' }] })
    expect(events()).toEqual(['start', 'health healthy'])
  })
  test('with the streak that the supervisor before it left', async () => {
    keeper.probeStatus = 256
    await supervise()
    await clock.advance(1000)
    expect(record()).toMatchObject({ status: 'starting', failingStreak: 1 })
    await superviseAnew()
    keeper.probeStatus = 256
    await clock.advance(1000)
    expect(record()).toMatchObject({ status: 'unhealthy', failingStreak: 2 })
  })
  test('anew after a restart', async () => {
    await supervise()
    await clock.advance(1000)
    keeper.exited(0)
    await clock.advance(100)
    expect(record()).toMatchObject({ status: 'starting', log: [] })
    await clock.advance(1000)
    expect(record()).toMatchObject({ status: 'healthy' })
  })
  test('no more when the container has ended', async () => {
    await supervise()
    writeFileSync(layout.stopped, '')
    keeper.exited(0)
    await clock.advance(10_000)
    expect(existsSync(layout.health)).toBe(false)
  })
  test('no more when the container has ended whose record cannot be read any more', async () => {
    await supervise()
    writeFileSync(layout.live, 'nonsense')
    keeper.exited(0)
    await clock.advance(10_000)
    expect(existsSync(layout.health)).toBe(false)
  })
})

describe('runSupervisor() reacts to a container that becomes unhealthy', () => {
  const health = {
    test: { kind: 'shell', command: 'false' },
    ...{ intervalMs: 1000, timeoutMs: 500, retries: 1, startPeriodMs: 0, startIntervalMs: 100 },
  } as const
  const ending = { signal: 15, graceMs: 3000 }
  const never = { kind: 'no' } as const
  async function unhealthy(fields: Partial<LiveRecord>): Promise<void> {
    writeLive({ health, restart: never, ...fields })
    keeper.started()
    keeper.probeStatus = 256
    await supervise()
    await clock.advance(1000)
  }
  const toMain = () => keeper.signals.filter(([id]) => id === ID).map(([, signal]) => signal)

  test('by ending it, and killing it after its grace period', async () => {
    await unhealthy({ onUnhealthy: { kind: 'stop', ...ending } })
    expect(toMain()).toEqual([15])
    await clock.advance(2999)
    expect(toMain()).toEqual([15])
    await clock.advance(1)
    expect(toMain()).toEqual([15, 9])
    expect(existsSync(layout.stopped)).toBe(true)
    keeper.exited(9)
    await clock.advance(100_000)
    expect(keeper.launches).toBe(0)
  })
  test('by starting it again whatever its policy says, later each time', async () => {
    await unhealthy({ onUnhealthy: { kind: 'restart', ...ending } })
    expect(toMain()).toEqual([15])
    keeper.exited(0)
    await clock.advance(100)
    expect(keeper.launches).toBe(1)
    await clock.advance(60_000)
    expect(toMain().length).toBeGreaterThan(1)
    keeper.exited(0)
    await clock.advance(199)
    expect(keeper.launches).toBe(1)
    await clock.advance(1)
    expect(keeper.launches).toBe(2)
  })
  test('also where the supervisor before it was killed in between', async () => {
    await unhealthy({ onUnhealthy: { kind: 'restart', ...ending } })
    await superviseAnew()
    expect(toMain()).toEqual([15])
    keeper.exited(0)
    await clock.advance(100)
    expect(readRestartRecord(layout.restarts).count).toBe(1)
  })
  test('not, where nothing is asked for', async () => {
    await unhealthy({})
    await clock.advance(10_000)
    expect(toMain()).toEqual([])
  })
})

test('runSupervisor() reports a record that it cannot read and goes on', async () => {
  writeFileSync(layout.live, 'nonsense')
  const running = await supervise()
  expect(reports).toEqual([expect.stringContaining('Cannot read')])
  await clock.advance(20_000)
  expect(running.hasEnded).toBe(true)
})

const RESTS = { rest: { keeperPid: process.pid } }
const HEALTH: NonNullable<LiveRecord['health']> = {
  test: { kind: 'exec', argv: ['true'] },
  ...{ intervalMs: 60_000, timeoutMs: 1000, retries: 3, startPeriodMs: 0, startIntervalMs: 60_000 },
}

test('runSupervisor() tells once of the end of what was stopped while no supervisor lived', async () => {
  writeLive()
  keeper.started()
  await supervise()
  writeFileSync(layout.exit, `0 ${clock.now() + 5}000000\n`)
  renameSync(layout.live, layout.halted)
  for (let round = 0; round < 2; round++) await superviseAnew()
  expect(events()).toEqual(['start', 'die 0 0'])
})

describe('runSupervisor() rests', () => {
  test('after three seconds in which nothing happened', async () => {
    writeLive()
    keeper.started()
    const running = await supervise(RESTS)
    await clock.advance(2000)
    keeper.started()
    await clock.advance(2999)
    expect(running.hasEnded).toBe(false)
    await clock.advance(1)
    expect(running.hasEnded).toBe(true)
    expect([reports, [...keeper.entrusted]]).toEqual([[], ['wake/timer']])
  })
  test.each<readonly [string, Partial<LiveRecord>]>([
    ['names cannot be answered yet', { dns: { udpSocket: 'u', tcpSocket: 't', upstreams: [] } }],
    ['a port is relayed', { relays: [{ socket: 's', protocol: 'tcp', address: '10.0.0.2', port: 80 }] }],
    ['its log is packed', { packsLogs: true }],
    [
      'its log is passed on',
      {
        forward: {
          target: {
            kind: 'syslog',
            address: { kind: 'unix', path: '/nowhere' },
            facility: 3,
            format: 'rfc5424',
          },
          image: '',
          fields: new Map(),
          after: 0,
        } as never,
      },
    ],
    ['its health is checked often', { health: { ...HEALTH, intervalMs: 20_000 } }],
  ])('not while %s of a container', async (_, fields) => {
    writeLive(fields)
    keeper.started()
    const running = await supervise(RESTS)
    await clock.advance(600_000)
    expect(running.hasEnded).toBe(false)
  })
  test('with a name server that goes on, which the next goes on with', async () => {
    writeLive({ dns: { udpSocket: 'u', tcpSocket: 't', upstreams: [] } })
    keeper.started()
    const orders: string[] = []
    const taken: unknown[] = []
    const startNameServer: SupervisorOptions['startNameServer'] = async (_, from) => {
      taken.push(from?.id)
      return {
        ...{ id: 'names/7', fd: 0, isSettled: true },
        send: sent => void orders.push(...sent.map(({ kind }) => kind)),
        end: () => void orders.push('end'),
      }
    }
    keeper.lend = async prefix =>
      prefix === 'wake/' ? [] : ['u', 't'].map(name => ({ name, fd: openSync('/dev/null', 'r') }))
    const running = await supervise({ ...RESTS, startNameServer })
    await clock.advance(3000)
    expect([running.hasEnded, reports]).toEqual([true, []])
    expect([...keeper.entrusted].toSorted()).toEqual(['wake/changes', 'wake/names/7', 'wake/timer'])
    // What the end of the supervisor takes from its tables is not told.
    expect(orders.slice(-2)).toEqual(['rest', 'end'])
    keeper.lend = async prefix =>
      (prefix === 'wake/' ? ['wake/names/7', 'wake/changes'] : ['u', 't']).map(name => ({
        ...{ name, fd: openSync('/dev/null', 'r') },
      }))
    const { lend } = keeper
    keeper = Object.assign(new FakeKeeper(), { lend })
    clock = new FakeClock(clock.now())
    await supervise({ ...RESTS, startNameServer })
    expect(taken).toEqual([undefined, 'names/7'])
  })
  test('not while a restart is due, and then with what was counted on record', async () => {
    writeLive()
    keeper.started()
    let running = await supervise(RESTS)
    for (const delayMs of [100, 200, 400, 800, 1600, 3200, 6400]) {
      keeper.exited(256)
      await clock.advance(delayMs - 1)
      expect(running.hasEnded).toBe(false)
      await clock.advance(1)
      expect(restarts()).toMatchObject({ delayMs, nextAt: undefined })
      await clock.advance(3000)
      expect(running.hasEnded).toBe(true)
      running = await superviseAnew(RESTS)
    }
    expect(keeper.launches).toBe(7)
  })
  test('not with a decision that is not on record', async () => {
    writeLive()
    keeper.started()
    const running = await supervise(RESTS)
    mkdirSync(`${layout.restarts}.tmp`)
    keeper.exited(256)
    await clock.advance(60_000)
    expect([keeper.launches, running.hasEnded]).toEqual([1, false])
  })
  test('until a check is due, which a timer of the keeper tells', async () => {
    writeLive({ health: HEALTH })
    keeper.started()
    const running = await supervise(RESTS)
    await clock.advance(3000)
    expect([running.hasEnded, [...keeper.entrusted]]).toEqual([true, ['wake/timer']])
    clock = new FakeClock(clock.now() + 57_000)
    await supervise(RESTS)
    await clock.advance(0)
    const run = readPidFile(layout.pid)
    expect(run && readHealthRecord(layout.health, run).status).toBe('healthy')
  })
  test('not if something happens before the keeper answers, and takes back what it had handed over', async () => {
    writeLive({ health: HEALTH })
    keeper.started()
    const running = await supervise(RESTS)
    keeper.beforeRest = () => keeper.started()
    await clock.advance(3000)
    expect([running.hasEnded, [...keeper.entrusted]]).toEqual([false, []])
    keeper.beforeRest = () => {}
    await clock.advance(3000)
    expect(running.hasEnded).toBe(true)
  })
  test('never beside a keeper that knows nothing of it', async () => {
    writeLive()
    keeper.started()
    keeper.beforeRest = () => {
      throw Object.assign(new Error('unknown request'), { errnoName: 'ENOSYS' })
    }
    const running = await supervise(RESTS)
    await clock.advance(60_000)
    expect([running.hasEnded, reports]).toEqual([false, []])
  })
})

test('runSupervisor() makes each restart once, whenever it rests', async () => {
  const happenings = fc.array(fc.oneof(fc.constant('end'), fc.nat({ max: 9000 })), { maxLength: 12 })
  const scenario = fc.asyncProperty(happenings, async sequence => {
    rmSync(layout.runDir, { recursive: true })
    mkdirSync(layout.runDir, { recursive: true })
    keeper = new FakeKeeper()
    clock = new FakeClock(clock.now() + 1000)
    writeLive()
    keeper.started()
    let running = await supervise(RESTS)
    let ends = 0
    for (const happening of sequence) {
      if (typeof happening === 'number') await clock.advance(happening)
      else if (!existsSync(layout.exit)) {
        ends++
        keeper.exited(256)
        if (running.hasEnded) running = await superviseAnew(RESTS)
      }
    }
    await clock.advance(120_000)
    expect(running.hasEnded).toBe(true)
    expect(keeper.launches).toBe(ends)
    expect(restarts()).toMatchObject({ count: ends, nextAt: undefined })
  })
  await fc.assert(scenario, { numRuns: 60 })
})
