import { expect, test } from 'vitest'
import { type RunOptions, run } from '../../src/app/run.ts'
import { TcomposeError } from '../../src/base/tcompose-error.ts'
import type { AttachedContainer, Engine, Outcome } from '../../src/engine/engine.ts'
import type { ObservedState } from '../../src/model/observed-state.ts'
import type { Plan } from '../../src/planner/plan.ts'
import { applyPlan, imageIdOf } from '../support/apply-plan.ts'
import { memoryContext } from '../support/memory-context.ts'
import { anObservedState } from '../support/model-builders.ts'
import { aProjectRequest, runHooks } from '../support/project-call.ts'

const OPTIONS: RunOptions = {
  ...{ service: 'web', environment: [], environmentFiles: [], labels: [], capAdd: [], capDrop: [] },
  ...{ volumes: [], publish: [], servicePorts: false, useAliases: false, remove: true },
  ...{ tty: false, stdinOpen: true, noDeps: false, removeOrphans: false },
  io: { kind: 'streams', stdin: 0, stdout: 1, stderr: 2 },
}
const COMPOSE = 'name: shop\nservices: {web: {image: a, depends_on: [db]}, db: {image: a}}\n'

interface World {
  readonly options?: Partial<RunOptions>
  readonly isRoot?: boolean
  /** The kind of step that fails. */
  readonly failing?: string
}

/** Runs on an engine that carries plans out in memory. */
async function runIn({ options = {}, isRoot = true, failing }: World = {}) {
  const plans: Plan[] = []
  const disposed: string[] = []
  const signals: string[] = []
  let state: ObservedState = anObservedState({
    images: new Map([['a', { kind: 'present', id: imageIdOf('a'), unpacked: true }]]),
  })
  const container: AttachedContainer = {
    join: async () => 7,
    signal: async name => void signals.push(name),
    [Symbol.dispose]: () => void disposed.push('container'),
  }
  const engine: Partial<Engine> = {
    lock: async () => ({ [Symbol.asyncDispose]: async () => {} }),
    observe: async () => state,
    preflight: async () => [],
    execute: async (plan, { attachment }) => {
      plans.push(plan)
      state = applyPlan(state, plan)
      attachment?.onStarted(container)
      const error = new TcomposeError('container-launch', 'Cannot start')
      return {
        outcomes: new Map(
          plan.steps.map(({ id, action }): [number, Outcome] => [
            id,
            action.kind === failing ? { kind: 'failed', error } : { kind: 'done' },
          ]),
        ),
      }
    },
  }
  const context = { ...memoryContext({ files: { 'compose.yaml': COMPOSE } }, engine), isRoot }
  const result = await run(context, {
    request: aProjectRequest(),
    options: { ...OPTIONS, ...options },
    hooks: runHooks(),
  })
  return { result, plans, disposed, stateNow: () => state }
}

test('run() starts what the service depends on and a container that is joined to the caller', async () => {
  const { result, stateNow } = await runIn()
  if (result.kind !== 'started') throw new Error('it was not started')
  const { containers, oneOffs } = stateNow()
  expect(containers.map(({ service }) => service)).toEqual(['db'])
  expect(oneOffs).toMatchObject([{ service: 'web', id: result.run.id }])
  expect(await result.run.container?.join()).toBe(7)
})

test('run() joins nothing that is to run in the background', async () => {
  const { result } = await runIn({ options: { io: undefined } })
  expect(result).toMatchObject({ kind: 'started', run: { container: undefined } })
})

test.for([
  { remove: true, left: undefined },
  { remove: false, left: [{ service: 'web' }] },
])('run() with --rm $remove leaves at its end: $left', async ({ remove, left }) => {
  const { result, stateNow } = await runIn({ options: { remove } })
  if (result.kind === 'started') await result.run.finish()
  if (left === undefined) expect(stateNow().oneOffs).toBeUndefined()
  else expect(stateNow().oneOffs).toMatchObject(left)
})

test('run() removes a container with --rm that could not be started', async () => {
  const { result, disposed, stateNow } = await runIn({ failing: 'start-container' })
  expect(result).toMatchObject({ kind: 'not-started', result: { kind: 'ran' } })
  expect(disposed).toEqual(['container'])
  expect(stateNow().oneOffs).toBeUndefined()
})

test('run() changes nothing for bad input, or without root', async () => {
  expect(await runIn({ options: { service: 'typo' } })).toMatchObject({
    result: { kind: 'not-started', result: { kind: 'invalid' } },
    plans: [],
  })
  await expect(runIn({ isRoot: false })).rejects.toMatchObject({ code: 'not-root' })
})
