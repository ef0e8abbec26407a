import { expect, test } from 'vitest'
import type { ObservedState } from '../../src/model/observed-state.ts'
import { toDesiredState } from '../../src/planner/desired-state.ts'
import { type DownOptions, planDown } from '../../src/planner/plan-down.ts'
import { planToText } from '../../src/planner/plan-text.ts'
import { planUp } from '../../src/planner/plan-up.ts'
import { applyPlan } from '../support/apply-plan.ts'
import {
  aDependency,
  anObservedState,
  aProject,
  aService,
  aVolume,
  aVolumeMount,
  sha256Hex,
} from '../support/model-builders.ts'

const project = aProject(
  [aService('db', { mounts: [aVolumeMount('data')] }), aService('web', { dependsOn: [aDependency('db')] })],
  { volumes: [aVolume('data')] },
)
const running = applyPlan(
  anObservedState(),
  planUp(toDesiredState(project, {}, sha256Hex), anObservedState()),
)

function linesOf(observed: ObservedState, options: DownOptions = {}): readonly string[] {
  return planToText(planDown(observed, options)).split('\n\n')[0]?.split('\n').filter(Boolean) ?? []
}

test('planDown() removes dependents before what they depend on, then the network, with no file', () => {
  expect(linesOf(running)).toEqual([
    '1  web-1    stop container    (down)',
    '2  web-1    remove container  (down)  <- 1',
    '3  db-1     stop container    (down)  <- 1',
    '4  db-1     remove container  (down)  <- 3',
    '5  default  remove network    (down)  <- 2 4',
  ])
})

test('planDown() with volumes removes their data and marks it', () => {
  const plan = planDown(running, { volumes: true })
  expect(
    plan.steps.filter(step => step.destructive).map(step => [step.action.kind, step.destructive]),
  ).toEqual([
    ['remove-container', { reason: 'its anonymous volumes are removed' }],
    ['remove-container', { reason: 'its anonymous volumes are removed' }],
    ['remove-volume', { reason: 'the data in volume shop_data is removed' }],
  ])
  expect(plan.steps.at(-1)?.dependsOn).toEqual([4])
})

test('planDown() with volumes removes one whose making was cut short', () => {
  const volumes = new Map([...running.volumes].map(([key, volume]) => [key, { ...volume, intact: false }]))
  const after = applyPlan(running, planDown({ ...running, volumes }, { volumes: true }))
  expect(after.volumes.size).toBe(0)
})

test('planDown() leaves nothing', () => {
  const after = applyPlan(running, planDown(running, { volumes: true }))
  expect([after.containers, after.networks.size, after.volumes.size]).toEqual([[], 0, 0])
})

test('planDown() of some services keeps the network that others are on', () => {
  expect(linesOf(running, { services: ['web'] })).toEqual([
    '1  web-1  stop container    (down)',
    '2  web-1  remove container  (down)  <- 1',
  ])
})

test('planDown() leaves orphans, and the network and volumes they use, unless asked to remove them', () => {
  const smaller = aProject([aService('web')])
  const plan = planDown(running, { project: smaller, volumes: true })
  expect(plan.steps.map(({ action }) => action.kind)).toEqual(['stop-container', 'remove-container'])
  expect(plan.warnings).toEqual([
    'Found orphan containers (shop-db-1) for this project: the file does not declare their service; to remove them, add --remove-orphans',
  ])
  expect(planDown(running, { project: smaller, ignoreOrphans: true }).warnings).toEqual([])
  expect(planDown(running, { project: smaller, removeOrphans: true }).steps).toHaveLength(5)
})

test('planDown() keeps an external volume', () => {
  const external = { ...project, volumes: new Map([['data', aVolume('data', { external: true })]]) }
  const kinds = planDown(running, { project: external, volumes: true }).steps.map(({ action }) => action.kind)
  expect(kinds).not.toContain('remove-volume')
})

test('planDown() removes containers of every state without stopping those that do not run', () => {
  const containers = running.containers.map(container => ({
    ...container,
    state: { kind: 'incomplete' } as const,
  }))
  expect(linesOf({ ...running, containers })).toEqual([
    '1  web-1    remove container  (down)',
    '2  db-1     remove container  (down)',
    '3  default  remove network    (down)  <- 1 2',
  ])
})

test('planDown() says that there is nothing to remove', () => {
  expect(planDown(anObservedState())).toMatchObject({
    steps: [],
    warnings: ['No resource found to remove for project "shop"'],
  })
})

test('planDown() leaves a network of another project alone', () => {
  const networks = new Map(
    [...running.networks].map(([key, network]) => [key, { ...network, joined: true } as const]),
  )
  expect(linesOf({ ...running, networks }).some(line => line.includes('network'))).toBe(false)
})

test('planDown() keeps volumes that the file does not declare, or declares under another name, and says so', () => {
  for (const volumes of [new Map(), new Map([['data', aVolume('data', { name: 'other' })]])]) {
    const plan = planDown(running, { project: { ...project, volumes }, volumes: true })
    expect(plan.steps.map(({ action }) => action.kind)).not.toContain('remove-volume')
    expect(plan.warnings).toEqual(['Volume shop_data is kept: the file does not declare it'])
  }
})

test('planDown() without a file keeps what is recorded as external', () => {
  const volumes = new Map([...running.volumes].map(([key, volume]) => [key, { ...volume, external: true }]))
  const plan = planDown({ ...running, volumes }, { volumes: true })
  expect(plan.steps.map(({ action }) => action.kind)).not.toContain('remove-volume')
})
