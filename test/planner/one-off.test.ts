import { describe, expect, test } from 'vitest'
import type { ObservedContainer, ObservedState } from '../../src/model/observed-state.ts'
import type { OneOff } from '../../src/model/one-off.ts'
import { toDesiredState } from '../../src/planner/desired-state.ts'
import type { Plan } from '../../src/planner/plan.ts'
import { planDown } from '../../src/planner/plan-down.ts'
import { planRemove } from '../../src/planner/plan-remove.ts'
import { planRemoveOneOff } from '../../src/planner/plan-remove-one-off.ts'
import { planStop } from '../../src/planner/plan-stop.ts'
import { planSweep } from '../../src/planner/plan-sweep.ts'
import { planToText } from '../../src/planner/plan-text.ts'
import { planUp } from '../../src/planner/plan-up.ts'
import type { UpOptions } from '../../src/planner/up/up-options.ts'
import { applyPlan, imageIdOf } from '../support/apply-plan.ts'
import {
  aDependency,
  aNetwork,
  anObservedState,
  aProject,
  aService,
  sha256Hex,
} from '../support/model-builders.ts'

const SLUG = 'a'.repeat(64)
const ONE_OFF: OneOff = { slug: SLUG, hasAliases: false, isRemovedAtEnd: false }
const web = aService('web', { dependsOn: [aDependency('db', { condition: 'service_healthy' })] })
const shop = aProject([web, aService('db')])
const NOTHING = anObservedState({
  images: new Map([['rootfs:/', { kind: 'present', id: imageIdOf('rootfs:/'), unpacked: true }]]),
})

interface Wanted {
  readonly oneOff?: Partial<OneOff>
  readonly observed?: ObservedState
  readonly noDeps?: boolean
}

function planRun({ oneOff = {}, observed = NOTHING, noDeps = false }: Wanted = {}): Plan {
  const selection = {
    services: ['web'],
    noDeps,
    oneOff: { service: 'web', oneOff: { ...ONE_OFF, ...oneOff } },
  }
  return planUp(toDesiredState(shop, selection, sha256Hex), observed)
}

function planShop(observed: ObservedState, options: UpOptions = {}): Plan {
  return planUp(toDesiredState(shop, {}, sha256Hex), observed, options)
}

function linesOf(plan: Plan): readonly string[] {
  return planToText(plan).split('\n\n')[0]?.split('\n').filter(Boolean) ?? []
}

/** The shop runs, and beside it a one-off of `web` that is as `changes` say. */
function besideShop(changes: Partial<ObservedContainer>, oneOff: Partial<OneOff> = {}): ObservedState {
  const running = applyPlan(NOTHING, planShop(NOTHING))
  const state = applyPlan(running, planRun({ observed: running, oneOff }))
  return { ...state, oneOffs: (state.oneOffs ?? []).map(container => ({ ...container, ...changes })) }
}

const ENDED = { state: { kind: 'exited', exitCode: 1, finishedAt: 0, outOfMemory: false } } as const

describe('planUp() of a one-off', () => {
  test('starts what its service depends on, waits for it, and starts one container more', () => {
    expect(linesOf(planRun())).toEqual([
      '1  default               create network      (not found)',
      '2  db-1                  create container    (not found)      <- 1',
      '3  web-run-aaaaaaaaaaaa  create container    (one-off)        <- 1',
      '4  db-1                  start container     (new)            <- 2',
      '5  db                    wait until healthy  (needed by web)  <- 4',
      '6  web-run-aaaaaaaaaaaa  start container     (new)            <- 3 5',
    ])
  })

  test('touches no replica of its service and nothing that is as it should be', () => {
    const running = applyPlan(NOTHING, planShop(NOTHING))
    expect(linesOf(planRun({ observed: running }))).toEqual([
      '1  web-run-aaaaaaaaaaaa  create container  (one-off)',
      '2  web-run-aaaaaaaaaaaa  start container   (new)      <- 1',
    ])
    expect(applyPlan(running, planRun({ observed: running })).containers).toEqual(running.containers)
  })

  test('without dependencies waits for none', () => {
    expect(linesOf(planRun({ noDeps: true })).join()).not.toContain('db')
  })

  test('gives the container its labels, its name and what else it is asked for', () => {
    const { steps } = planRun({ oneOff: { name: 'job', isRemovedAtEnd: true, hasAliases: true } })
    const made = steps.flatMap(({ action }) => (action.kind === 'create-container' ? [action.container] : []))
    expect(made.at(-1)).toMatchObject({ name: 'job', number: 0, slug: SLUG, isRemovedAtEnd: true })
    expect(made.at(-1)).not.toHaveProperty('isUnaliased')
    expect(made.at(-1)?.labels).toEqual(
      new Map([
        ...(made.at(-1)?.labels ?? []),
        ['com.docker.compose.oneoff', 'True'],
        ['com.docker.compose.slug', SLUG],
        ['com.docker.compose.container-number', '1'],
      ]),
    )
    expect(made[0]?.labels.get('com.docker.compose.oneoff')).toBe('False')
  })

  test('is a change of its service that is none of its replicas', () => {
    expect(planRun().changes.map(({ kind }) => kind)).toEqual([
      'create-network',
      'create-service',
      'run-service',
    ])
  })
})

describe('a one-off beside the replicas of its service', () => {
  test.for([
    { what: 'that runs', observed: besideShop({}) },
    { what: 'that runs and goes at its end', observed: besideShop({}, { isRemovedAtEnd: true }) },
  ])('planUp() leaves one $what alone', ({ observed }) => {
    expect(planShop(observed)).toMatchObject({ steps: [], warnings: [] })
  })

  test('planUp() leaves one that has ended alone, and mentions it among the orphans', () => {
    const { steps, warnings } = planShop(besideShop(ENDED))
    expect([steps, warnings]).toEqual([[], [expect.stringContaining('Found orphan containers')]])
  })

  test.for([
    {
      what: 'that was to go when it ended',
      observed: besideShop(ENDED, { isRemovedAtEnd: true }),
      options: {},
      cause: 'it was to be removed at its end',
    },
    {
      what: 'whose creation was cut short',
      observed: besideShop({ state: { kind: 'incomplete' } }),
      options: {},
      cause: 'its creation did not finish',
    },
    {
      what: 'that has ended with --remove-orphans',
      observed: besideShop(ENDED),
      options: { removeOrphans: true },
      cause: 'a one-off that has ended',
    },
  ])('planUp() removes one $what', ({ observed, options, cause }) => {
    expect(linesOf(planShop(observed, options))).toEqual([
      `1  web-run-aaaaaaaaaaaa  remove container  (${cause})`,
    ])
  })

  test('planUp() takes one off a network which is replaced, and puts it back while it runs', () => {
    const changed = aProject([web, aService('db')], { networks: [aNetwork('default', { internal: true })] })
    const { steps } = planUp(toDesiredState(changed, {}, sha256Hex), besideShop({}))
    const touching = steps.flatMap(({ action }) =>
      'name' in action && action.name.includes('run') ? [action.kind] : [],
    )
    expect(touching).toEqual(['disconnect-container', 'reattach-container'])
  })

  test('planDown() removes it', () => {
    const names = planDown(besideShop({}), { project: shop }).steps.flatMap(({ action }) =>
      action.kind === 'remove-container' ? [action.name] : [],
    )
    expect(names.some(name => name.endsWith('web-run-aaaaaaaaaaaa'))).toBe(true)
  })

  test('planDown() of another service keeps its network', () => {
    const alone = applyPlan(NOTHING, planRun())
    const kinds = ({ steps }: Plan) => steps.map(({ action }) => action.kind)
    expect(kinds(planDown(alone, { project: shop, services: ['db'] }))).not.toContain('remove-network')
    expect(kinds(planDown(alone, { project: shop, services: ['db', 'web'] }))).toContain('remove-network')
  })

  test('planRemove() removes it once it has ended, and stops none', () => {
    expect(linesOf(planRemove(besideShop(ENDED)))).toEqual([
      '1  web-run-aaaaaaaaaaaa  remove container  (rm)',
    ])
    expect(linesOf(planRemove(besideShop({}), { stop: true })).join()).not.toContain('web-run')
  })

  test('planStop() leaves it running', () => {
    expect(linesOf(planStop(besideShop({}))).join()).not.toContain('web-run')
  })
})

test('planSweep() removes what was to go, with its anonymous volumes, and no other that has ended', () => {
  expect(planSweep(besideShop(ENDED, { isRemovedAtEnd: true })).steps).toMatchObject([
    { action: { kind: 'remove-container', anonymousVolumes: true } },
  ])
  expect(planSweep(besideShop({}, { isRemovedAtEnd: true })).steps).toEqual([])
  expect(planSweep(besideShop(ENDED)).steps).toEqual([])
})

test('planRemoveOneOff() removes one with its anonymous volumes, and nothing where it is gone', () => {
  const remove = planRemoveOneOff(SLUG)
  expect(remove(besideShop(ENDED)).steps).toMatchObject([
    { action: { kind: 'remove-container', anonymousVolumes: true } },
  ])
  expect(remove(NOTHING).steps).toEqual([])
})
