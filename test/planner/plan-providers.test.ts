import { expect, test } from 'vitest'
import type { ProviderService } from '../../src/model/provider.ts'
import { toDesiredState } from '../../src/planner/desired-state.ts'
import type { Plan } from '../../src/planner/plan.ts'
import { planDown } from '../../src/planner/plan-down.ts'
import { behindSteps, planProviders, withProvided } from '../../src/planner/plan-providers.ts'
import { planStop } from '../../src/planner/plan-stop.ts'
import { planToText } from '../../src/planner/plan-text.ts'
import { planUp } from '../../src/planner/plan-up.ts'
import { applyPlan, imageIdOf } from '../support/apply-plan.ts'
import { anObservedState, aProject, aService, sha256Hex } from '../support/model-builders.ts'

function aProvider(name: string, changes: Partial<ProviderService> = {}): ProviderService {
  return { name, provider: { type: 'cloud', options: new Map() }, profiles: [], dependsOn: [], ...changes }
}

const shop = {
  ...aProject([
    aService('web', { providedBy: ['store'], environment: new Map([['KEY', 'old']]) }),
    aService('other'),
  ]),
  providers: new Map([
    ['store', aProvider('store', { providedBy: ['zone'] })],
    ['zone', aProvider('zone')],
  ]),
}
const NOTHING = anObservedState({
  images: new Map([['rootfs:/', { kind: 'present', id: imageIdOf('rootfs:/'), unpacked: true }]]),
})

function linesOf(plan: Plan): readonly string[] {
  return planToText(plan).split('\n\n')[0]?.split('\n').filter(Boolean) ?? []
}

function desired(services: readonly string[] = []) {
  return toDesiredState(shop, { services }, sha256Hex)
}

test('planProviders() runs each behind those that it depends on', () => {
  expect(linesOf(planProviders(desired()))).toEqual([
    '1  zone   run provider cloud  (with each up)',
    '2  store  run provider cloud  (with each up)  <- 1',
  ])
})

test('planProviders() runs those of the selected services', () => {
  expect(planProviders(desired(['other'])).steps).toEqual([])
  expect(planProviders(desired(['web'])).steps).toHaveLength(2)
  expect(desired(['zone']).services).toEqual([])
  expect(() => desired(['nobody'])).toThrow('expected one of other, store, web, zone')
})

test('behindSteps() lets what comes first in a plan wait for all providers', () => {
  const plan = behindSteps(planProviders(desired(['web'])), planUp(desired(['web']), NOTHING))
  expect(linesOf(plan).slice(2)).toEqual([
    '3  default  create network      (not found)     <- 1 2',
    '4  web-1    create container    (not found)     <- 3',
    '5  web-1    start container     (new)           <- 4',
  ])
})

test('orphanProviders() are a warning, and removed with --remove-orphans', () => {
  const old = {
    provider: { type: 'cloud', options: new Map() },
    variables: { prefixed: new Map(), raw: new Map() },
  }
  const seen = {
    ...NOTHING,
    providers: new Map([
      ['gone', old],
      ['store', old],
    ]),
  }
  expect(planUp(desired(), seen).warnings).toEqual([expect.stringContaining('does not declare: gone; ')])
  expect(planUp(desired(), seen, { ignoreOrphans: true }).warnings).toEqual([])
  const plan = planUp(desired(), seen, { removeOrphans: true })
  expect(plan.warnings).toEqual([])
  expect(linesOf(plan).at(-1)).toContain('gone     remove from provider cloud  (not in the file)')
})

const variables = { prefixed: new Map([['URL', 'a']]), raw: new Map([['KEY', 'new']]) }
const provided = new Map([['store', { provider: { type: 'cloud', options: new Map() }, variables }]])

test('withProvided() gives variables to those that depend on the provider, and says which it replaces', () => {
  const { project, warnings } = withProvided(shop, { ...NOTHING, providers: provided })
  expect(project.services.get('web')?.environment).toEqual(
    new Map([
      ['KEY', 'new'],
      ['STORE_URL', 'a'],
    ]),
  )
  expect(project.services.get('other')?.environment).toEqual(new Map())
  expect(warnings).toEqual(['provider "store" overrides environment variable "KEY" in service "web"'])
})

test('planStop() and planDown() turn to providers behind the containers that depend on them', () => {
  const up = { ...applyPlan(NOTHING, planUp(desired(), NOTHING)), providers: provided }
  expect(linesOf(planStop(up))).toEqual([
    '1  web-1    stop container       (stop)',
    '2  other-1  stop container       (stop)',
    '3  store    stop provider cloud  (stop)  <- 1',
  ])
  expect(linesOf(planDown(up)).slice(4)).toEqual([
    '5  store    remove from provider cloud  (down)  <- 2',
    '6  default  remove network              (down)  <- 2 4',
  ])
})
