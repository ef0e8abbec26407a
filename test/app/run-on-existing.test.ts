import { expect, test } from 'vitest'
import { restart } from '../../src/app/restart.ts'
import { rm } from '../../src/app/rm.ts'
import type { RunResult } from '../../src/app/run-plan.ts'
import { start } from '../../src/app/start.ts'
import { stop } from '../../src/app/stop.ts'
import type { ContainerState, ObservedState } from '../../src/model/observed-state.ts'
import { planUp, toDesiredState } from '../../src/planner/index.ts'
import { applyPlan } from '../support/apply-plan.ts'
import { memoryContext } from '../support/memory-context.ts'
import { anObservedState, aProject, aService, sha256Hex } from '../support/model-builders.ts'
import { aProjectRequest, runHooks } from '../support/project-call.ts'
import { stepRecorder } from '../support/step-recorder.ts'

const STATES: Readonly<Record<string, ContainerState>> = {
  db: { kind: 'exited', exitCode: 0, finishedAt: 1, outOfMemory: false },
  web: { kind: 'running', pid: 1, startedAt: 0 },
}
const desired = toDesiredState(aProject([aService('db'), aService('web')]), {}, sha256Hex)
const made = applyPlan(anObservedState(), planUp(desired, anObservedState()))
const observed: ObservedState = {
  ...made,
  containers: made.containers.map(one => ({ ...one, state: STATES[one.service] ?? one.state })),
}

type Command = (context: ReturnType<typeof memoryContext>) => Promise<RunResult>

/** Runs a command; `steps` is what the engine was to carry out. */
async function carriedOut(command: Command) {
  const { engine, steps } = stepRecorder(observed)
  const { kind } = await command(memoryContext({ files: {} }, engine))
  return { kind, steps }
}

const REQUEST = aProjectRequest({ projectName: 'shop' })
const call = (...services: readonly string[]) => ({
  request: REQUEST,
  options: { services, timeout: undefined, noDeps: false },
  hooks: runHooks(),
})
const removal = (services: readonly string[], withStop: boolean) => ({
  request: REQUEST,
  options: { services, stop: withStop, volumes: false },
  hooks: runHooks(),
})

const cases: ReadonlyArray<{
  readonly does: string
  readonly command: Command
  readonly steps: readonly string[]
}> = [
  {
    does: 'start() starts what does not run',
    command: context => start(context, call()),
    steps: ['start-container shop-db-1'],
  },
  {
    does: 'stop() stops what runs',
    command: context => stop(context, call()),
    steps: ['stop-container shop-web-1'],
  },
  { does: 'stop() leaves other services alone', command: context => stop(context, call('db')), steps: [] },
  {
    does: 'restart() stops and starts',
    command: context => restart(context, call('web')),
    steps: ['stop-container shop-web-1', 'start-container shop-web-1'],
  },
  {
    does: 'rm() leaves what runs',
    command: context => rm(context, removal([], false)),
    steps: ['remove-container shop-db-1'],
  },
  {
    does: 'rm() stops first where it is told to',
    command: context => rm(context, removal(['web'], true)),
    steps: ['stop-container shop-web-1', 'remove-container shop-web-1'],
  },
]
for (const { does, command, steps } of cases) {
  test(does, async () => expect(await carriedOut(command)).toEqual({ kind: 'ran', steps }))
}

for (const { name, command } of [
  { name: 'stop()', command: stop },
  { name: 'rm()', command: rm },
] as const) {
  test(`${name} gives what is wrong with the request, and changes nothing`, async () => {
    const request = aProjectRequest({ projectName: 'No Name' })
    const wrong = { ...call(), request, options: { ...call().options, stop: false, volumes: false } }
    expect(await carriedOut(context => command(context, wrong))).toEqual({ kind: 'invalid', steps: [] })
  })
}
