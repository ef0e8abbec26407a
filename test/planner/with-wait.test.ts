import { expect, test } from 'vitest'
import type { Healthcheck, Service } from '../../src/model/service.ts'
import { toDesiredState } from '../../src/planner/desired-state.ts'
import { planUp } from '../../src/planner/plan-up.ts'
import { withWait } from '../../src/planner/with-wait.ts'
import { imageIdOf } from '../support/apply-plan.ts'
import { aDependency, anObservedState, aProject, aService, sha256Hex } from '../support/model-builders.ts'

const HEALTHCHECK: Healthcheck = {
  test: undefined,
  interval: undefined,
  timeout: undefined,
  retries: undefined,
  startPeriod: undefined,
  startInterval: undefined,
}

/** The services that are waited for, with those whose wait each one's follows. */
function waitsOf(services: readonly Service[]): readonly (readonly [string, readonly string[]])[] {
  const observed = anObservedState({
    images: new Map([['rootfs:/', { kind: 'present', id: imageIdOf('rootfs:/'), unpacked: true }]]),
  })
  const desired = toDesiredState(aProject(services), {}, sha256Hex)
  const { steps } = withWait(planUp(desired, observed, {}), observed, desired)
  const waits = steps.flatMap(({ id, action, dependsOn, cause }) =>
    action.kind === 'await-service' && cause === '--wait' ? [{ id, name: action.service, dependsOn }] : [],
  )
  return waits.map(({ name, dependsOn }) => [
    name,
    waits
      .filter(({ id }) => dependsOn.includes(id))
      .map(wait => wait.name)
      .sort(),
  ])
}

test('withWait() looks last at services that only have to run', () => {
  const services = [
    aService('app'),
    aService('db', { healthcheck: HEALTHCHECK }),
    aService('job'),
    aService('web', { dependsOn: [aDependency('job', { condition: 'service_completed_successfully' })] }),
  ]
  expect(waitsOf(services)).toEqual([
    ['db', []],
    ['job', []],
    ['app', ['db', 'job']],
    ['db', ['db', 'job']],
    ['web', ['db', 'job']],
  ])
})

test('withWait() looks once at a service that is alone', () => {
  expect(waitsOf([aService('db', { healthcheck: HEALTHCHECK })])).toEqual([['db', []]])
})

test('withWait() looks again at what was healthy before others were', () => {
  const services = [
    aService('db', { healthcheck: HEALTHCHECK }),
    aService('web', { healthcheck: HEALTHCHECK }),
  ]
  expect(waitsOf(services)).toEqual([
    ['db', []],
    ['web', []],
    ['db', ['db', 'web']],
    ['web', ['db', 'web']],
  ])
})

test('withWait() lets services that only have to run wait for nothing else', () => {
  expect(waitsOf([aService('app'), aService('web')])).toEqual([
    ['app', []],
    ['web', []],
  ])
})
