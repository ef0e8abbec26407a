import { expect, test } from 'vitest'
import { requireContainers } from '../../src/app/require-containers.ts'
import { planUp, toDesiredState } from '../../src/planner/index.ts'
import { applyPlan } from '../support/apply-plan.ts'
import { anObservedState, aProject, aService, sha256Hex } from '../support/model-builders.ts'

const project = aProject([aService('db'), aService('none', { replicas: 0 }), aService('web')])
const nothing = anObservedState()
const all = applyPlan(nothing, planUp(toDesiredState(project, {}, sha256Hex), nothing))
const onlyDb = { ...all, containers: all.containers.filter(({ service }) => service === 'db') }

test('requireContainers() accepts services that have containers, and those that are to have none', () => {
  requireContainers(all, { services: [], project, verb: 'start' })
  requireContainers(onlyDb, { services: ['db', 'none'], project, verb: 'start' })
  requireContainers(onlyDb, { services: [], project: undefined, verb: 'start' })
})

test.each([
  [onlyDb, { services: [], project }, 'Cannot start service "web": it has no container'],
  [onlyDb, { services: ['web'], project: undefined }, 'Cannot start service "web": it has no container'],
  [nothing, { services: [], project: undefined }, 'Cannot start project "shop": it has no container'],
])('requireContainers() refuses what has none (%#)', (observed, wanted, message) => {
  expect(() => requireContainers(observed, { ...wanted, verb: 'start' })).toThrow(
    expect.objectContaining({ code: 'container-not-running', message }),
  )
})
