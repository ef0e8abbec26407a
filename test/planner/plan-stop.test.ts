import { describe, expect, test } from 'vitest'
import { toDesiredState } from '../../src/planner/desired-state.ts'
import type { Plan } from '../../src/planner/plan.ts'
import { planRestart } from '../../src/planner/plan-restart.ts'
import { planStart } from '../../src/planner/plan-start.ts'
import { planStop } from '../../src/planner/plan-stop.ts'
import { planToText } from '../../src/planner/plan-text.ts'
import { planUp } from '../../src/planner/plan-up.ts'
import { applyPlan } from '../support/apply-plan.ts'
import { aDependency, anObservedState, aProject, aService, sha256Hex } from '../support/model-builders.ts'

const project = aProject([
  aService('db'),
  aService('web', { dependsOn: [aDependency('db', { restart: true })] }),
])
const running = applyPlan(
  anObservedState(),
  planUp(toDesiredState(project, {}, sha256Hex), anObservedState()),
)
const stopped = applyPlan(running, planStop(running))

function linesOf(plan: Plan): readonly string[] {
  return planToText(plan).split('\n\n')[0]?.split('\n').filter(Boolean) ?? []
}

test('planStop() stops dependents first and removes nothing', () => {
  expect(linesOf(planStop(running))).toEqual([
    '1  web-1  stop container  (stop)',
    '2  db-1   stop container  (stop)  <- 1',
  ])
})

test('planStop() has nothing to do for what does not run', () => {
  expect(planStop(stopped).steps).toEqual([])
})

test('planStop() and planStart() both take a container that lost its keeper', () => {
  const orphaned = {
    ...running,
    containers: running.containers
      .filter(({ service }) => service === 'db')
      .map(container => ({ ...container, state: { kind: 'orphaned', pid: 7, startedAt: 1 } as const })),
  }
  expect(linesOf(planStop(orphaned))).toEqual(['1  db-1  stop container  (stop)'])
  expect(linesOf(planStart(orphaned))).toEqual(['1  db-1  start container  (start)'])
})

test('planStart() starts what exists in dependency order', () => {
  expect(linesOf(planStart(stopped))).toEqual([
    '1  db-1   start container  (start)',
    '2  web-1  start container  (start)  <- 1',
  ])
})

test('planStart() leaves alone what runs and what is neither named nor depended on', () => {
  expect(planStart(running).steps).toEqual([])
  expect(linesOf(planStart(stopped, { services: ['db'] }))).toEqual(['1  db-1  start container  (start)'])
  expect(linesOf(planStart(stopped, { services: ['web'] }))).toEqual([
    '1  db-1   start container  (start)',
    '2  web-1  start container  (start)  <- 1',
  ])
})

describe('the conditions of what exists', () => {
  const waiting = aProject([
    aService('db'),
    aService('job'),
    aService('web', {
      dependsOn: [
        aDependency('db', { condition: 'service_healthy' }),
        aDependency('job', { condition: 'service_completed_successfully' }),
      ],
    }),
  ])
  const up = applyPlan(anObservedState(), planUp(toDesiredState(waiting, {}, sha256Hex), anObservedState()))

  test('planStart() waits for them', () => {
    expect(linesOf(planStart(applyPlan(up, planStop(up)), { services: ['web'] }))).toEqual([
      '1  db-1   start container       (start)',
      '2  job-1  start container       (start)',
      '3  db     wait until healthy    (needed by web)  <- 1',
      '4  job    wait until completed  (needed by web)  <- 2',
      '5  web-1  start container       (start)          <- 3 4',
    ])
  })

  test('planStart() waits for none that is met', () => {
    const containers = up.containers.map(container =>
      container.service === 'web'
        ? { ...container, state: { kind: 'exited', exitCode: 1, finishedAt: 0, outOfMemory: false } as const }
        : container,
    )
    const lines = linesOf(planStart({ ...up, containers }, { services: ['web'] }))
    expect(lines.filter(line => line.includes('db'))).toEqual([])
  })

  test('planRestart() waits for them', () => {
    const lines = linesOf(planRestart(up, { services: ['db', 'web'] }))
    expect(lines.some(line => line.includes('wait until healthy'))).toBe(true)
  })
})

test('planRestart() takes dependents along that ask for it', () => {
  expect(linesOf(planRestart(running, { services: ['db'] }))).toEqual([
    '1  web-1  stop container   (restart)',
    '2  db-1   stop container   (restart)  <- 1',
    '3  db-1   start container  (restart)  <- 2',
    '4  web-1  start container  (restart)  <- 1 3',
  ])
})

test('planRestart() with noDeps restarts only what is named', () => {
  expect(linesOf(planRestart(running, { services: ['db'], noDeps: true }))).toEqual([
    '1  db-1  stop container   (restart)',
    '2  db-1  start container  (restart)  <- 1',
  ])
})
