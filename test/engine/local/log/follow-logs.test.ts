import { appendFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { FollowOptions, LogEvent } from '../../../../src/engine/engine.ts'
import { followLogs } from '../../../../src/engine/local/log/follow-logs.ts'
import { inheritLogs, lastInherited } from '../../../../src/engine/local/log/inherit-logs.ts'
import type { LogSource } from '../../../../src/engine/local/log/log-source.ts'
import type { PastEnd } from '../../../../src/engine/local/log/past-ends.ts'
import type { ContainerState } from '../../../../src/model/observed-state.ts'
import { containerIdOf } from '../../../support/apply-plan.ts'
import { type TemporaryFolder, temporaryFolder } from '../../../support/temporary-folder.ts'

const SECOND = Date.parse('2026-11-23T12:00:00Z')
const running: ContainerState = { kind: 'running', pid: 1, startedAt: SECOND }

function exited(exitCode: number, finishedAt = SECOND + 1000): ContainerState {
  return { kind: 'exited', exitCode, finishedAt, outOfMemory: false }
}

/** Containers whose states and logs the test makes up; each change of `poke` wakes who follows. */
class Stage implements Disposable {
  readonly #folder: TemporaryFolder = temporaryFolder()
  readonly states = new Map<number, ContainerState>()
  readonly past: PastEnd[] = []
  isBusy = false
  inherited = 0

  /** Appends lines at a time in seconds after noon. */
  say(number: number, text: string, seconds = 0): void {
    const time = new Date(SECOND + seconds * 1000).toISOString().replace('Z', '000000Z')
    appendFileSync(this.#logOf(number), `${time} stdout F ${text}\n`)
  }

  set(states: Readonly<Record<number, ContainerState | undefined>>): void {
    for (const [number, state] of Object.entries(states)) {
      if (state === undefined) this.states.delete(Number(number))
      else this.states.set(Number(number), state)
    }
    appendFileSync(join(this.#folder.path, 'poke'), '.')
  }

  /** What container `from` wrote is the first file of the log of `to`. */
  hand(from: number, to: number): void {
    this.inherited = lastInherited(this.#logOf(from))
    inheritLogs(this.#logOf(from), this.#logOf(to), this.inherited)
  }

  removeLog(number: number): void {
    rmSync(this.#logOf(number))
  }

  follow(options: Partial<FollowOptions> = {}): AsyncGenerator<LogEvent, void, undefined> {
    return followLogs(
      {
        folders: [this.#folder.path],
        list: () => [...this.states].map(([number, state]) => this.#source(number, state)),
        inheritedLogs: () => this.inherited,
        isBusy: () => this.isBusy,
        pastEnds: () => ({
          keep: () => {},
          of: (_container, { after, before }) =>
            this.past.filter(({ finishedAt }) => finishedAt > after && finishedAt < before),
          [Symbol.dispose]: () => {},
        }),
      },
      { services: [], tail: undefined, signal: new AbortController().signal, ...options },
    )
  }

  [Symbol.dispose](): void {
    this.#folder[Symbol.dispose]()
  }

  #logOf(number: number): string {
    return join(this.#folder.path, `log${number}`)
  }

  #source(number: number, state: ContainerState): LogSource {
    return {
      container: containerIdOf(number),
      name: `shop-s${number}-1`,
      service: `s${number}`,
      number: 1,
      logPath: this.#logOf(number),
      stateDir: this.#folder.path,
      state,
    }
  }
}

function textOf(event: LogEvent): string {
  if (event.kind === 'line') return `${event.service}: ${event.text}`
  return `${event.service} ended with ${event.exitCode}${event.isRestarting ? ', again' : ''}`
}

async function next(events: AsyncGenerator<LogEvent, void, undefined>): Promise<string | undefined> {
  const { done, value } = await events.next()
  return done === true ? undefined : textOf(value)
}

async function rest(events: AsyncGenerator<LogEvent, void, undefined>): Promise<readonly string[]> {
  const texts: string[] = []
  for await (const event of events) texts.push(textOf(event))
  return texts
}

test('followLogs() of containers that have ended shows what they wrote, and ends', async () => {
  using stage = new Stage()
  stage.set({ 1: exited(3), 2: exited(0) })
  stage.say(2, 'second', 2)
  stage.say(1, 'first', 1)
  expect(await rest(stage.follow())).toEqual(['s1: first', 's2: second'])
})

test('followLogs() tells an end behind the last line of its run, and the sooner end first', async () => {
  using stage = new Stage()
  stage.set({ 1: running, 2: running })
  const events = stage.follow()
  stage.say(1, 'bye')
  stage.say(2, 'so long')
  stage.set({ 1: exited(1, SECOND + 2000), 2: exited(2, SECOND + 1000) })
  expect(await rest(events)).toEqual(['s1: bye', 's2: so long', 's2 ended with 2', 's1 ended with 1'])
})

test('followLogs() with a tail of 0 shows all of what is made later, and nothing of what was written', async () => {
  using stage = new Stage()
  stage.set({ 1: running })
  stage.say(1, 'old')
  const events = stage.follow({ tail: 0 })
  stage.say(2, 'early')
  stage.set({ 2: running })
  expect(await next(events)).toBe('s2: early')
  stage.say(1, 'new')
  expect(await next(events)).toBe('s1: new')
})

test('followLogs() reads a log that was not there at first from its beginning', async () => {
  using stage = new Stage()
  stage.set({ 1: { kind: 'created' } })
  stage.isBusy = true
  const events = stage.follow({ tail: 0 })
  stage.say(1, 'hello')
  stage.set({ 1: running })
  expect(await next(events)).toBe('s1: hello')
})

test('followLogs() shows the last lines of a container that is replaced before those of the next', async () => {
  using stage = new Stage()
  stage.set({ 1: running })
  stage.say(1, 'hello')
  const events = stage.follow()
  expect(await next(events)).toBe('s1: hello')
  stage.say(1, 'bye')
  stage.say(2, 'hello again')
  stage.past.push({ exitCode: 143, isRestarting: false, finishedAt: SECOND + 1000 })
  stage.removeLog(1)
  stage.set({ 1: undefined, 2: exited(0) })
  expect(await rest(events)).toEqual(['s1: bye', 's1 ended with 143', 's2: hello again', 's2 ended with 0'])
})

test('followLogs() goes on while a restart is to come, and while a command is at work', async () => {
  using stage = new Stage()
  stage.set({ 1: running })
  const events = stage.follow()
  const end = next(events)
  stage.set({ 1: { kind: 'restarting', exitCode: 5, finishedAt: SECOND + 1000 } })
  expect(await end).toBe('s1 ended with 5, again')
  const second = next(events)
  stage.set({ 1: { kind: 'created' } })
  stage.say(1, 'again', 2)
  expect(await second).toBe('s1: again')
  stage.isBusy = true
  const third = next(events)
  stage.set({ 1: exited(6, SECOND + 3000) })
  expect(await third).toBe('s1 ended with 6')
  const fourth = next(events)
  stage.say(2, 'made', 4)
  stage.isBusy = false
  stage.set({ 2: exited(0, SECOND + 5000) })
  expect([await fourth, ...(await rest(events))]).toEqual(['s2: made', 's2 ended with 0'])
})

test('followLogs() is held open until told, though nothing runs', async () => {
  using stage = new Stage()
  const held = new AbortController()
  const events = stage.follow({ hold: held.signal })
  const first = next(events)
  stage.say(1, 'late')
  stage.set({ 1: running })
  expect(await first).toBe('s1: late')
  const end = rest(events)
  stage.set({ 1: exited(0) })
  held.abort()
  expect(await end).toEqual(['s1 ended with 0'])
})

test('followLogs() tells the ends of silent services alone, and does not go on for them', async () => {
  using stage = new Stage()
  stage.set({ 1: running, 2: running })
  const events = stage.follow({ silent: ['s1'] })
  stage.say(1, 'not shown')
  const end = next(events)
  stage.set({ 1: exited(4) })
  expect(await end).toBe('s1 ended with 4')
  stage.set({ 1: { ...running, startedAt: SECOND + 2000 }, 2: exited(0) })
  expect(await rest(events)).toEqual(['s2 ended with 0'])
})

test('followLogs() shows what was written until it is told to end', async () => {
  using stage = new Stage()
  stage.set({ 1: running })
  const silence = new AbortController()
  const events = stage.follow({ signal: silence.signal })
  stage.say(1, 'one')
  expect(await next(events)).toBe('s1: one')
  stage.say(1, 'two')
  silence.abort()
  expect(await rest(events)).toEqual(['s1: two'])
})

test("followLogs() shows what a container took over of the one before as that one's alone", async () => {
  using stage = new Stage()
  stage.set({ 1: running })
  const events = stage.follow()
  stage.say(1, 'old')
  expect(await next(events)).toBe('s1: old')
  stage.set({ 2: { kind: 'created' } })
  stage.say(1, 'last words')
  stage.hand(1, 2)
  stage.set({ 1: undefined, 2: running })
  expect(await next(events)).toBe('s1: last words')
  stage.say(2, 'new')
  stage.set({ 2: exited(0) })
  expect(await rest(events)).toEqual(['s2: new', 's2 ended with 0'])
  expect((await rest(stage.follow())).slice(-3)).toEqual(['s2: old', 's2: last words', 's2: new'])
})
