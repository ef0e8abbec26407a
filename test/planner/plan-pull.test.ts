import { expect, test } from 'vitest'
import { toDesiredState } from '../../src/planner/desired-state.ts'
import { planPull } from '../../src/planner/plan-pull.ts'
import { planToText } from '../../src/planner/plan-text.ts'
import { planUp } from '../../src/planner/plan-up.ts'
import { applyPlan } from '../support/apply-plan.ts'
import { anObservedState, aProject, aService, sha256Hex } from '../support/model-builders.ts'

const project = aProject([
  aService('b', { image: 'redis:7' }),
  aService('a', { image: 'redis:7' }),
  aService('c', { image: 'nginx:1' }),
])
const desired = toDesiredState(project, {}, sha256Hex)
const nothing = anObservedState()

test('planPull() gets each image once, sorted', () => {
  const plan = planPull(desired, nothing, { policy: 'missing' })
  expect(plan.steps.map(({ action }) => action)).toEqual([
    { kind: 'fetch-image', image: 'nginx:1', policy: 'missing' },
    { kind: 'fetch-image', image: 'redis:7', policy: 'missing' },
  ])
  expect(planToText(plan)).toContain('nginx:1')
})

test('planPull() leaves what is there, unless its source is to be asked again', () => {
  const running = applyPlan(nothing, planUp(desired, nothing))
  const left = planPull(desired, running, { policy: 'missing' })
  expect(left.steps).toEqual([])
  expect(left.keptImages).toEqual([
    { label: 'nginx:1', reason: 'present' },
    { label: 'redis:7', reason: 'present' },
  ])
  expect(
    planPull(desired, running, { policy: 'always' }).steps.map(({ action, cause }) => [action, cause]),
  ).toEqual([
    [{ kind: 'fetch-image', image: 'nginx:1', policy: 'always' }, 'pull'],
    [{ kind: 'fetch-image', image: 'redis:7', policy: 'always' }, 'pull'],
  ])
})
