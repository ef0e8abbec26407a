import { expect, test } from 'vitest'
import { kill } from '../../src/app/kill.ts'
import { TcomposeError } from '../../src/base/tcompose-error.ts'
import type { ContainerState } from '../../src/model/observed-state.ts'
import { planUp, toDesiredState } from '../../src/planner/index.ts'
import { applyPlan } from '../support/apply-plan.ts'
import { memoryContext } from '../support/memory-context.ts'
import { anObservedState, aProject, aService, sha256Hex } from '../support/model-builders.ts'

const desired = toDesiredState(aProject([aService('a'), aService('b'), aService('c')]), {}, sha256Hex)
const { containers } = applyPlan(anObservedState(), planUp(desired, anObservedState()))
const STATES: readonly ContainerState[] = [
  { kind: 'running', pid: 1, startedAt: 0 },
  { kind: 'orphaned', pid: 2, startedAt: 0 },
  { kind: 'exited', exitCode: 0, finishedAt: 1, outOfMemory: false },
]
const REQUEST = {
  files: [],
  projectName: 'shop',
  projectDirectory: undefined,
  profiles: [],
  envFiles: [],
  allowUnsupported: false,
}

test('kill() signals what has a process, and tells which container did not get it and why', async () => {
  const observed = containers.map((container, index) => ({
    ...container,
    state: STATES[index] ?? container.state,
  }))
  const failure = new TcomposeError('process-survives', 'Cannot end container shop-a-1')
  const asked: string[] = []
  const context = memoryContext(
    { files: { 'compose.yaml': 'services: {a: {image: x}, b: {image: x}, c: {image: x}}\n' } },
    {
      observe: async () => anObservedState({ containers: observed }),
      kill: async (_, id, signal) => {
        const name = observed.find(container => container.id === id)?.name ?? ''
        asked.push(`${name} ${signal}`)
        if (name === 'shop-a-1') throw failure
      },
    },
  )
  const result = await kill(context, REQUEST, { services: [], signal: 'SIGKILL' })
  expect(asked).toEqual(['shop-a-1 SIGKILL', 'shop-b-1 SIGKILL'])
  expect(result).toEqual({ kind: 'done', names: ['shop-b-1'], errors: [failure] })
})
