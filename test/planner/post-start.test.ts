import { expect, test } from 'vitest'
import type { Hook } from '../../src/model/hook.ts'
import type { ObservedState } from '../../src/model/observed-state.ts'
import { toDesiredState } from '../../src/planner/desired-state.ts'
import type { Plan } from '../../src/planner/plan.ts'
import { planRestart } from '../../src/planner/plan-restart.ts'
import { planToText } from '../../src/planner/plan-text.ts'
import { planUp } from '../../src/planner/plan-up.ts'
import type { UpOptions } from '../../src/planner/up/up-options.ts'
import { applyPlan, imageIdOf } from '../support/apply-plan.ts'
import { aDependency, anObservedState, aProject, aService, sha256Hex } from '../support/model-builders.ts'

const NOTHING = anObservedState({
  images: new Map([['rootfs:/', { kind: 'present', id: imageIdOf('rootfs:/'), unpacked: true }]]),
})
const hook: Hook = { argv: ['true'], environment: new Map() }
const shop = aProject([
  aService('web', { dependsOn: [aDependency('db')] }),
  aService('db', { postStart: [hook] }),
])

function planOf(observed: ObservedState, options: UpOptions = {}): Plan {
  return planUp(toDesiredState(shop, {}, sha256Hex), observed, options)
}

function linesOf(plan: Plan): readonly string[] {
  return planToText(plan).split('\n\n')[0]?.split('\n').filter(Boolean) ?? []
}

test('addPostStart() has dependents wait for the hooks', () => {
  expect(linesOf(planOf(NOTHING)).slice(3)).toEqual([
    '4  db-1     start container   (new)        <- 2',
    '5  db-1     run post_start    (started)    <- 4',
    '6  web-1    start container   (new)        <- 3 5',
  ])
})

test('addPostStart() has restart run the hooks again', () => {
  const up = applyPlan(NOTHING, planOf(NOTHING))
  expect(linesOf(planOf(up))).toEqual(['Nothing to do: 2 containers are up to date'])
  expect(linesOf(planRestart(up, { services: ['db'] }))).toEqual([
    '1  db-1  stop container   (restart)',
    '2  db-1  start container  (restart)  <- 1',
    '3  db-1  run post_start   (started)  <- 2',
  ])
})

const interrupted = applyPlan(NOTHING, planOf(NOTHING), 4)

test('addUnfinishedHooks() runs the hooks of a container that runs without them, before dependents', () => {
  const plan = planOf(interrupted)
  expect(linesOf(plan)).toEqual([
    '1  db-1   run post_start   (its post_start did not finish)',
    '2  web-1  start container  (not started yet)                <- 1',
  ])
  expect(plan.unchanged).toEqual([])
  expect(plan.changes).toEqual([
    { kind: 'start-service', service: 'db', cause: 'its post_start did not finish' },
    { kind: 'start-service', service: 'web', cause: 'not started yet' },
  ])
})

test('addUnfinishedHooks() runs none with --no-start, and none of a container that has ended', () => {
  expect(linesOf(planOf(interrupted, { noStart: true }))).toEqual([
    'Nothing to do: 1 container is up to date',
  ])
  const ended = {
    ...interrupted,
    containers: interrupted.containers.map(container => ({
      ...container,
      state: { kind: 'exited', exitCode: 1, finishedAt: 0, outOfMemory: false } as const,
    })),
  }
  expect(linesOf(planOf(ended)).slice(0, 2)).toEqual([
    '1  db-1   start container  (exited with code 1)',
    '2  db-1   run post_start   (started)             <- 1',
  ])
})
