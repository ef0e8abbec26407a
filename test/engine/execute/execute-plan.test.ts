import { expect, test } from 'vitest'
import { executePlan } from '../../../src/engine/execute/execute-plan.ts'
import { parseProjectName } from '../../../src/model/names.ts'
import type { Plan, Step } from '../../../src/planner/plan.ts'

const SIGNAL = new AbortController().signal

function stepOf(id: number, action: Step['action']): Step {
  return { id, action, cause: '', dependsOn: [], origin: undefined, destructive: undefined }
}

function planOf(...actions: readonly Step['action'][]): Plan {
  const steps = actions.map((action, index) => stepOf(index + 1, action))
  return { project: parseProjectName('shop'), steps, warnings: [] }
}

const NETWORKS = ['a', 'b', 'c', 'd'].map(key => ({ kind: 'remove-network', key, name: key }) as const)

for (const { parallel, most } of [
  { parallel: undefined, most: 4 },
  { parallel: 2, most: 2 },
  { parallel: 1, most: 1 },
]) {
  test(`executePlan() has ${most} of 4 steps at work with a limit of ${parallel}`, async () => {
    let atWork = 0
    let seen = 0
    const run = async (): Promise<void> => {
      seen = Math.max(seen, ++atWork)
      await new Promise(resolve => setImmediate(resolve))
      atWork--
    }
    const { outcomes } = await executePlan(planOf(...NETWORKS), run, {
      signal: SIGNAL,
      onEvent: () => undefined,
      parallel,
    })
    expect([...outcomes.values()].every(({ kind }) => kind === 'done')).toBe(true)
    expect(seen).toBe(most)
  })
}

test('executePlan() lets a wait hold up no step', async () => {
  const wait = {
    kind: 'await-service',
    service: 'db',
    condition: 'service_started',
    required: true,
    replicas: [],
  } as const
  let release = (): void => undefined
  const released = new Promise<void>(resolve => {
    release = resolve
  })
  const run = async ({ action }: Step): Promise<void> =>
    action.kind === 'await-service' ? await released : release()
  const options = { signal: SIGNAL, onEvent: () => undefined, parallel: 1 }
  const { outcomes } = await executePlan(
    planOf(wait, { kind: 'remove-network', key: 'a', name: 'a' }),
    run,
    options,
  )
  expect([...outcomes.values()].map(({ kind }) => kind)).toEqual(['done', 'done'])
})
