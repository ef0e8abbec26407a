import { expect, test } from 'vitest'
import { toDesiredState } from '../../src/planner/desired-state.ts'
import { planToJson } from '../../src/planner/plan-json.ts'
import { planUp } from '../../src/planner/plan-up.ts'
import { anObservedState, aPort, aProject, aService, sha256Hex } from '../support/model-builders.ts'

const environment = new Map([
  ['B', '1'],
  ['A', undefined],
])
const project = aProject([aService('web', { environment, ports: [aPort(80)] })])
const plan = planUp(toDesiredState(project, {}, sha256Hex), anObservedState())

test('planToJson() gives the steps with their causes and the counts', () => {
  const json = planToJson(plan)
  expect(json).toMatchObject({
    formatVersion: 1,
    project: 'shop',
    summary: { create: 2, change: 0, remove: 0 },
    warnings: [],
    unchanged: [],
  })
  expect(json.steps[0]).toEqual({
    id: 1,
    action: { kind: 'fetch-image', image: 'rootfs:/', policy: 'missing' },
    cause: 'not found',
    dependsOn: [],
    origin: 'services.web.image',
  })
})

test('planToJson() turns Maps into objects with sorted keys', () => {
  const container = JSON.stringify(planToJson(plan).steps[2]?.action)
  expect(container).toContain('"environment":{"A":null,"B":"1"}')
})

test('planToJson() gives a port without its path, which its position tells', () => {
  const container = JSON.stringify(planToJson(plan).steps[2]?.action)
  expect(container).toContain(
    '"ports":[{"hostIp":null,"published":{"from":80,"to":80},"target":80,"protocol":"tcp"}]',
  )
})
