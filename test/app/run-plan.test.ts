import { expect, test } from 'vitest'
import { type PlannedRun, runPlan } from '../../src/app/run-plan.ts'
import { TcomposeError } from '../../src/base/tcompose-error.ts'
import type { Engine, ExecuteOptions } from '../../src/engine/engine.ts'
import { parseProjectName } from '../../src/model/names.ts'
import { memoryContext } from '../support/memory-context.ts'
import { anObservedState, aProject, aService } from '../support/model-builders.ts'
import { aPlan, aStart } from '../support/plan-builders.ts'
import { runHooks } from '../support/project-call.ts'

const PLAN = aPlan([aStart(1, 'web')])
const RUN: PlannedRun = {
  name: parseProjectName('shop'),
  project: aProject([aService('web')]),
  origins: new Map(),
  diagnostics: [{ severity: 'warning', code: 'unsupported-key', message: 'Passed over' }],
  images: [],
  plan: () => PLAN,
}

/** An engine that writes down what is done with it, in order. */
function recordingEngine(done: string[], changes: Partial<Engine> = {}): Partial<Engine> {
  return {
    lock: async name => {
      done.push(`lock ${name}`)
      return { [Symbol.asyncDispose]: async () => void done.push('unlock') }
    },
    observe: async (name, _images, options) => {
      done.push(`observe ${name}${options?.firewall ? ' with firewall' : ''}`)
      return anObservedState()
    },
    preflight: async () => {
      done.push('preflight')
      return []
    },
    execute: async () => {
      done.push('execute')
      return { outcomes: new Map() }
    },
    ...changes,
  }
}

test('runPlan() observes, plans and applies under the lock, and shows the plan before the first step', async () => {
  const done: string[] = []
  const context = memoryContext({ files: {} }, recordingEngine(done))
  const hooks = runHooks({ onPlan: plan => done.push(plan === PLAN ? 'show the plan' : 'show another') })
  const result = await runPlan(context, RUN, hooks)
  expect(done).toEqual([
    ...['lock shop', 'observe shop with firewall', 'preflight', 'show the plan', 'execute', 'unlock'],
  ])
  const { origins, diagnostics } = RUN
  const report = { outcomes: new Map() }
  expect(result).toEqual({ kind: 'ran', project: 'shop', plan: PLAN, report, origins, diagnostics })
})

test('runPlan() changes nothing where something stands against the plan', async () => {
  const done: string[] = []
  const errors = [new TcomposeError('port-in-use', 'Cannot publish port 80: it is in use')]
  const context = memoryContext({ files: {} }, recordingEngine(done, { preflight: async () => errors }))
  const hooks = runHooks({ onPlan: () => done.push('show the plan') })
  expect(await runPlan(context, RUN, hooks)).toEqual({ kind: 'refused', errors, origins: RUN.origins })
  expect(done).toEqual(['lock shop', 'observe shop with firewall', 'unlock'])
})

test('runPlan() takes no lock where the process is not root', async () => {
  const done: string[] = []
  const context = { ...memoryContext({ files: {} }, recordingEngine(done)), isRoot: false }
  await expect(runPlan(context, RUN, runHooks())).rejects.toMatchObject({ code: 'not-root' })
  expect(done).toEqual([])
})

test('runPlan() gives the lock back where a step throws', async () => {
  const done: string[] = []
  const failure = new Error('a bug')
  const engine = recordingEngine(done, { execute: () => Promise.reject(failure) })
  await expect(runPlan(memoryContext({ files: {} }, engine), RUN, runHooks())).rejects.toBe(failure)
  expect(done.at(-1)).toBe('unlock')
})

test('runPlan() passes on where the project comes from, how it is cancelled and who listens', async () => {
  const given: ExecuteOptions[] = []
  const engine = recordingEngine([], {
    execute: async (_plan, options) => {
      given.push(options)
      return { outcomes: new Map() }
    },
  })
  const context = memoryContext({ files: {} }, engine)
  const hooks = runHooks({ parallel: 3 })
  await runPlan(context, RUN, hooks)
  await runPlan(context, { ...RUN, project: undefined }, hooks)
  const { signal, onEvent } = hooks
  expect(given).toEqual([
    {
      source: { workingDir: '/srv/shop', files: ['/srv/shop/compose.yaml'] },
      signal,
      onEvent,
      parallel: 3,
    },
    { source: undefined, signal, onEvent, parallel: 3 },
  ])
})

test('runPlan() of a dry run takes no lock and reports each step as done without doing it', async () => {
  const done: string[] = []
  const context = memoryContext({ files: {} }, recordingEngine(done))
  const events: string[] = []
  const hooks = runHooks({ isDryRun: true, onEvent: ({ kind, step }) => events.push(`${kind} ${step.id}`) })
  const result = await runPlan(context, RUN, hooks)
  expect(done).toEqual(['observe shop with firewall', 'preflight'])
  expect(events).toEqual(['step-started 1', 'step-finished 1'])
  expect(result).toMatchObject({ kind: 'ran', report: { outcomes: new Map([[1, { kind: 'done' }]]) } })
})
