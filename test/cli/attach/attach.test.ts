import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import type { LogEvent, LogLine, RunEnd, RunFollower, RunHooks, RunResult } from '../../../src/app/index.ts'
import type { ServiceOptions } from '../../../src/app/run-on-existing.ts'
import type { CliPorts } from '../../../src/cli/cli-ports.ts'
import { runCli } from '../../../src/cli/run-cli.ts'
import { parseProjectName } from '../../../src/model/names.ts'
import { containerIdOf } from '../../support/apply-plan.ts'
import { interruptsOf, type RecordedPorts, recordedPorts } from '../../support/cli-ports.ts'
import type { FakeUseCases } from '../../support/fake-use-cases.ts'
import { aProject, aService } from '../../support/model-builders.ts'
import { aPlan, aStart } from '../../support/plan-builders.ts'

const RAN: RunResult = {
  kind: 'ran',
  project: parseProjectName('shop'),
  plan: aPlan([]),
  report: { outcomes: new Map() },
  origins: new Map(),
  diagnostics: [],
}
const CANCELLED: RunResult = { ...RAN, report: { outcomes: new Map([[1, { kind: 'cancelled' }]]) } }
const project = aProject([aService('web'), aService('db'), aService('quiet', { attach: false })])
const STEPS = [aStart(1, 'web'), aStart(2, 'db')]

function origin(service: string) {
  return { container: containerIdOf(1), name: `shop-${service}-1`, service, number: 1 }
}

function aLine(text: string, stream: LogLine['stream'] = 'stdout', service = 'web'): LogLine {
  return { kind: 'line', ...origin(service), stream, time: '2026-11-23T12:00:00Z', text }
}

function anEnd(service: string, exitCode: number, isRestarting = false): RunEnd {
  return { kind: 'end', ...origin(service), exitCode, isRestarting }
}

/** A project whose `up` and containers do what the test says. */
class Stage {
  readonly ports: RecordedPorts
  readonly stops: ServiceOptions[] = []
  readonly signals: string[] = []
  readonly first = new AbortController()
  readonly second = new AbortController()
  follower: RunFollower | undefined
  /** What containers do while `up` works and afterwards. */
  events: (stage: Stage) => AsyncIterable<LogEvent> = () => eventsOf()
  /** How `up` goes on when the follower has been told of everything. */
  bringUp: (hooks: RunHooks) => Promise<RunResult> = async () => RAN
  onStop: () => Promise<void> = async () => {}

  constructor(argv: readonly string[], changes: Partial<CliPorts> = {}) {
    const interrupts = interruptsOf(this.first.signal, this.second.signal)
    this.ports = recordedPorts(argv, this.#app(), { interrupts, ...changes })
  }

  run(): Promise<number> {
    return runCli(this.ports)
  }

  #app(): FakeUseCases {
    return {
      loadRequested: async () => ({ project, diagnostics: [] }),
      up: async ({ hooks }) => {
        this.follower = hooks.follow
        hooks.onPlan(aPlan(STEPS))
        hooks.follow?.onFollowed(this.events(this))
        for (const step of STEPS) hooks.onEvent({ kind: 'step-started', step })
        return await this.bringUp(hooks)
      },
      stop: async ({ options }) => {
        this.stops.push(options)
        await this.onStop()
        return RAN
      },
      kill: async (_request, { signal }) => {
        this.signals.push(signal)
        return { kind: 'done', names: [], errors: [] }
      },
    }
  }
}

async function* eventsOf(...events: readonly LogEvent[]): AsyncGenerator<LogEvent> {
  yield* events
}

function aborted(signal: AbortSignal | undefined): Promise<void> {
  return new Promise(resolve => {
    if (signal === undefined || signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

/** An `up` that waits for health until it is cancelled. */
async function waits({ signal }: RunHooks): Promise<RunResult> {
  await aborted(signal)
  return CANCELLED
}

describe('up without -d', () => {
  test('attaches before anything starts, and shows each stream where it belongs and each end', async () => {
    const stage = new Stage(['up'])
    stage.events = () =>
      eventsOf(
        aLine('hello'),
        aLine('oh', 'stderr'),
        anEnd('web', 5, true),
        anEnd('quiet', 1),
        anEnd('web', 0),
      )
    expect(await stage.run()).toBe(0)
    expect(stage.follower).toMatchObject({ services: [], silent: ['quiet'] })
    expect(stage.ports.stdout.text.split('\n')).toEqual([
      'Attaching to db-1, web-1',
      'web-1  | hello',
      'web-1 exited with code 5 (restarting)',
      'web-1 exited with code 0',
      '',
    ])
    expect(stage.ports.stderr.text).toContain('web-1  | oh\n')
  })

  test('shows the services that --attach names, but for those that --no-attach does', async () => {
    const stage = new Stage(['up', '--attach', 'web', '--attach', 'quiet', '--no-attach', 'web', 'web'])
    await stage.run()
    expect(stage.follower).toMatchObject({ services: ['web', 'quiet'], silent: ['web'] })
    const unknown = new Stage(['up', '--attach', 'wed'])
    expect(await unknown.run()).toBe(1)
    expect(unknown.ports.stderr.text).toContain('no such service: wed')
  })

  test('shows what is said while others are still started', async () => {
    const said = Promise.withResolvers<void>()
    const stage = new Stage(['up'])
    stage.events = async function* () {
      yield aLine('hello')
      said.resolve()
    }
    stage.bringUp = async () => {
      await said.promise
      await turn()
      expect(stage.ports.stdout.text).toContain('web-1  | hello\n')
      return RAN
    }
    expect(await stage.run()).toBe(0)
  })

  test('holds the stream until everything has been started', async () => {
    const stage = new Stage(['up'])
    stage.bringUp = async () => {
      expect(stage.follower?.hold?.aborted).toBe(false)
      return RAN
    }
    await stage.run()
    expect(stage.follower?.hold?.aborted).toBe(true)
  })

  test('leaves what runs alone when a start fails', async () => {
    const stage = new Stage(['up'])
    stage.events = async function* ({ follower }) {
      await aborted(follower?.signal)
      yield aLine('last words')
    }
    stage.bringUp = async () => ({
      ...RAN,
      report: { outcomes: new Map([[1, { kind: 'skipped', blockedBy: 2 }]]) },
    })
    expect(await stage.run()).toBe(1)
    expect(stage.ports.stdout.text).toContain('last words')
    expect(stage.stops).toEqual([])
  })
})

describe('Ctrl-C in an attached up', () => {
  test('stops what has been started, waits for nothing else, and shows what is said meanwhile', async () => {
    const stage = new Stage(['up', 'web'])
    stage.events = async function* ({ follower, first }) {
      yield aLine('hello')
      first.abort()
      await aborted(follower?.signal)
      yield aLine('bye')
      yield anEnd('web', 0)
    }
    stage.bringUp = waits
    expect(await stage.run()).toBe(130)
    expect(stage.stops).toEqual([{ services: ['web', 'db'], timeout: undefined }])
    expect(stage.ports.stdout.text).toContain('web-1  | hello\nweb-1  | bye\nweb-1 exited with code 0\n')
    expect(stage.ports.stderr.text).toContain('Gracefully stopping... (press Ctrl+C again to force)\n')
  })

  test('stops the named services alone once all are started', async () => {
    const stage = new Stage(['up', '-t', '3', 'web'])
    stage.events = async function* ({ follower, first }) {
      await aborted(follower?.hold)
      first.abort()
      await aborted(follower?.signal)
      yield aLine('bye')
    }
    expect(await stage.run()).toBe(130)
    expect(stage.stops).toEqual([{ services: ['web'], timeout: 3000 }])
    expect(stage.ports.stdout.text).toContain('bye')
  })

  test('stops nothing before the first step', async () => {
    const first = new AbortController()
    const app: FakeUseCases = {
      loadRequested: async () => ({ project, diagnostics: [] }),
      up: async () => {
        first.abort()
        return CANCELLED
      },
    }
    const ports = recordedPorts(['up'], app, { interrupts: interruptsOf(first.signal) })
    expect(await runCli(ports)).toBe(130)
    expect(ports.stderr.text).toBe('')
  })

  test('kills when it comes a second time', async () => {
    const stage = new Stage(['up'])
    stage.events = async function* ({ first, follower }) {
      yield aLine('hello')
      first.abort()
      await aborted(follower?.signal)
    }
    stage.onStop = async () => stage.second.abort()
    expect(await stage.run()).toBe(130)
    expect(stage.signals).toEqual(['SIGKILL'])
  })

  test('kills and stops without grace when it comes a second time before all is cancelled', async () => {
    const stage = new Stage(['up'])
    stage.events = async function* ({ first, second }) {
      yield aLine('hello')
      first.abort()
      second.abort()
    }
    stage.bringUp = waits
    expect(await stage.run()).toBe(130)
    expect(stage.signals).toEqual(['SIGKILL'])
    expect(stage.stops).toEqual([{ services: [], timeout: 0 }])
  })
})

describe('up --abort-on-container-exit', () => {
  test('stops at once, while others are still started, and exits with the code of the first end', async () => {
    const stage = new Stage(['up', '--abort-on-container-exit'])
    stage.events = async function* ({ follower }) {
      yield anEnd('web', 4)
      await aborted(follower?.signal)
      yield anEnd('db', 143)
    }
    stage.bringUp = waits
    expect(await stage.run()).toBe(4)
    expect(stage.stops).toHaveLength(1)
    expect(stage.ports.stdout.text).toContain('web-1 exited with code 4\ndb-1 exited with code 143\n')
    expect(stage.ports.stderr.text).toContain('Aborting on container exit...\n')
  })

  test('counts the end of a service whose logs are not shown', async () => {
    const stage = new Stage(['up', '--abort-on-container-exit'])
    stage.events = () => eventsOf(anEnd('quiet', 6))
    expect(await stage.run()).toBe(6)
    expect(stage.ports.stdout.text).toBe('Attaching to db-1, web-1\n')
  })

  test('exits with the code of a container whose end made the start fail', async () => {
    const stage = new Stage(['up', '--abort-on-container-exit'])
    stage.events = async function* ({ follower }) {
      await aborted(follower?.signal)
      yield anEnd('db', 9)
    }
    stage.bringUp = async () => ({
      ...RAN,
      report: { outcomes: new Map([[1, { kind: 'skipped', blockedBy: 2 }]]) },
    })
    expect(await stage.run()).toBe(9)
    expect(stage.stops).toHaveLength(1)
  })
})

test('up -d does not attach', async () => {
  const ports = recordedPorts(['up', '-d'], {
    up: async ({ hooks }) => {
      expect(hooks.follow).toBeUndefined()
      return RAN
    },
  })
  expect(await runCli(ports)).toBe(0)
  expect(ports.stdout.text).toBe('')
})
