import { expect, test } from 'vitest'
import { toDesiredState } from '../../src/planner/desired-state.ts'
import type { Plan } from '../../src/planner/plan.ts'
import { planRemove } from '../../src/planner/plan-remove.ts'
import { planStop } from '../../src/planner/plan-stop.ts'
import { planToText } from '../../src/planner/plan-text.ts'
import { planUp } from '../../src/planner/plan-up.ts'
import { applyPlan } from '../support/apply-plan.ts'
import { aDependency, anObservedState, aProject, aService, sha256Hex } from '../support/model-builders.ts'

const project = aProject([aService('db'), aService('web', { dependsOn: [aDependency('db')] })])
const running = applyPlan(
  anObservedState(),
  planUp(toDesiredState(project, {}, sha256Hex), anObservedState()),
)
const halfStopped = applyPlan(running, planStop(running, { services: ['web'] }))

function linesOf(plan: Plan): readonly string[] {
  return planToText(plan).split('\n\n')[0]?.split('\n').filter(Boolean) ?? []
}

test('planRemove() removes what has stopped and leaves what runs', () => {
  expect(planRemove(running).steps).toEqual([])
  expect(linesOf(planRemove(halfStopped))).toEqual(['1  web-1  remove container  (rm)'])
})

test('planRemove() stops what runs where that is asked for, dependents first', () => {
  expect(linesOf(planRemove(running, { stop: true }))).toEqual([
    '1  web-1  stop container    (rm)',
    '2  web-1  remove container  (rm)  <- 1',
    '3  db-1   stop container    (rm)  <- 1',
    '4  db-1   remove container  (rm)  <- 3',
  ])
})

test('planRemove() keeps to the services that are named', () => {
  expect(planRemove(halfStopped, { services: ['db'] }).steps).toEqual([])
})

test('planRemove() marks the loss of anonymous volumes', () => {
  expect(planRemove(halfStopped, { volumes: true }).steps[0]).toMatchObject({
    action: { kind: 'remove-container', anonymousVolumes: true },
    destructive: { reason: 'its anonymous volumes are removed' },
  })
})
