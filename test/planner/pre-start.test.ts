import { expect, test } from 'vitest'
import type { PreStartHook } from '../../src/model/hook.ts'
import type { ObservedState } from '../../src/model/observed-state.ts'
import { toDesiredState } from '../../src/planner/desired-state.ts'
import type { Plan } from '../../src/planner/plan.ts'
import { planRestart } from '../../src/planner/plan-restart.ts'
import { planStart } from '../../src/planner/plan-start.ts'
import { planToText } from '../../src/planner/plan-text.ts'
import { planUp } from '../../src/planner/plan-up.ts'
import type { UpOptions } from '../../src/planner/up/up-options.ts'
import { applyPlan, containerIdOf, imageIdOf } from '../support/apply-plan.ts'
import {
  aDependency,
  anObservedState,
  aPort,
  aProject,
  aService,
  aVolume,
  aVolumeMount,
  sha256Hex,
} from '../support/model-builders.ts'
import { anObservedContainer } from '../support/observed-container.ts'

const NOTHING = anObservedState({
  images: new Map([['rootfs:/', { kind: 'present', id: imageIdOf('rootfs:/'), unpacked: true }]]),
})
const once: PreStartHook = { argv: ['migrate'], image: 'rootfs:/', environment: new Map([['A', 'hook']]) }
const each: PreStartHook = { image: 'oci:tools', environment: new Map(), isPerReplica: true }

function shop(preStart: readonly PreStartHook[], replicas = 1) {
  return aProject(
    [
      aService('web', {
        preStart,
        replicas,
        dependsOn: [aDependency('db')],
        mounts: [aVolumeMount('data')],
        ports: [aPort(80)],
        environment: new Map([
          ['A', 'service'],
          ['B', 'service'],
        ]),
      }),
      aService('db'),
    ],
    { volumes: [aVolume('data')] },
  )
}

function planOf(project: ReturnType<typeof shop>, observed: ObservedState, options: UpOptions = {}): Plan {
  return planUp(toDesiredState(project, {}, sha256Hex), observed, options)
}

function linesOf(plan: Plan): readonly string[] {
  return planToText(plan).split('\n\n')[0]?.split('\n').filter(Boolean) ?? []
}

test('addPreStart() runs hooks one after the other, behind dependencies and before each start', () => {
  expect(linesOf(planOf(shop([once, each], 2), NOTHING)).slice(6)).toEqual([
    ' 7  db-1               start container   (new)               <- 4',
    ' 8  web-pre_start-0    create container  (pre_start)         <- 2 3',
    ' 9  web-pre_start-0    run pre_start     (before the start)  <- 5 6 7 8',
    '10  web-pre_start-1-1  create container  (pre_start)         <- 2 3',
    '11  web-pre_start-1-1  run pre_start     (before the start)  <- 9 10',
    '12  web-pre_start-1-2  create container  (pre_start)         <- 2 3',
    '13  web-pre_start-1-2  run pre_start     (before the start)  <- 9 12',
    '14  web-1              start container   (new)               <- 5 11 13',
    '15  web-2              start container   (new)               <- 6 11 13',
  ])
})

test('addPreStart() makes a container of the service but for its process, its ports and its names', () => {
  const { steps } = planOf(shop([once, each]), NOTHING)
  const specs = steps.flatMap(({ action }) =>
    action.kind === 'create-container' && action.container.preStart !== undefined ? [action.container] : [],
  )
  expect(specs).toMatchObject([
    {
      name: 'shop-web-pre_start-0',
      ...{ number: 0, isUnaliased: true, isRemovedAtEnd: true, preStart: 0 },
      volumeNames: new Map([['data', 'shop_data']]),
      config: {
        ...{ image: 'rootfs:/', command: ['migrate'], entrypoint: undefined, ports: [] },
        environment: new Map([
          ['A', 'hook'],
          ['B', 'service'],
        ]),
      },
    },
    { name: 'shop-web-pre_start-1-1', preStart: 1, config: { image: 'oci:tools', command: undefined } },
  ])
  expect(new Set(specs.map(({ slug }) => slug)).size).toBe(2)
  expect(steps[0]?.action).toMatchObject({ kind: 'fetch-image', image: 'oci:tools' })
})

test('preStartHooks() are none where nothing starts, and those of each replica beside one that runs', () => {
  const up = applyPlan(NOTHING, planOf(shop([once, each]), NOTHING))
  expect(linesOf(planOf(shop([once, each]), up))).toEqual(['Nothing to do: 2 containers are up to date'])
  expect(linesOf(planOf(shop([once, each], 2), up))).toEqual([
    '1  web-2              create container  (scaled up to 2)',
    '2  web-pre_start-1-2  create container  (pre_start)',
    '3  web-pre_start-1-2  run pre_start     (before the start)  <- 1 2',
    '4  web-2              start container   (new)               <- 3',
  ])
})

test('preStartHooks() run again when the service is recreated, once the old container is gone', () => {
  const up = applyPlan(NOTHING, planOf(shop([once]), NOTHING))
  const changed = shop([{ ...once, argv: ['migrate', '--again'] }])
  expect(linesOf(planOf(changed, up))).toEqual([
    '1  web-1            create container  (configuration changed: pre_start)',
    '2  web-1            stop container    (replaced)                          <- 1',
    '3  web-1            remove container  (replaced)                          <- 2',
    '4  web-pre_start-0  create container  (pre_start)',
    '5  web-pre_start-0  run pre_start     (before the start)                  <- 1 3 4',
    '6  web-1            start container   (recreated)                         <- 5',
  ])
  expect(linesOf(planOf(changed, up, { noStart: true }))).toHaveLength(3)
})

test('spentOneOffs() has a hook that a command has left stopped and removed before it runs again', () => {
  const created = applyPlan(NOTHING, planOf(shop([once]), NOTHING), 5)
  const spec = planOf(shop([once]), NOTHING).steps.flatMap(({ action }) =>
    action.kind === 'create-container' && action.container.preStart === 0 ? [action.container] : [],
  )[0]
  if (spec === undefined) throw new Error('Cannot find the container of the hook')
  const left = anObservedContainer('web', { id: containerIdOf(99), name: spec.name, slug: spec.slug, spec })
  const lines = linesOf(planOf(shop([once]), { ...created, oneOffs: [left] }))
  expect(lines).toContain('1  web-pre_start-0  stop container    (its command was cut short)')
  expect(lines).toContain('2  web-pre_start-0  remove container  (its command was cut short)  <- 1')
  expect(lines.find(line => line.includes('run pre_start'))).toMatch(/<- 2 /)
})

test('addPreStart() runs hooks before a start of what exists, and fetches the images of their own', () => {
  const up = applyPlan(NOTHING, planOf(shop([once, each]), NOTHING))
  const stopped = {
    ...up,
    containers: up.containers.map(container => ({
      ...container,
      state: { kind: 'exited', exitCode: 0, finishedAt: 0, outOfMemory: false } as const,
    })),
  }
  expect(linesOf(planStart(stopped))).toEqual([
    '1  db-1               start container   (start)',
    '2  oci:tools          fetch image       (pre_start)',
    '3  web-pre_start-0    create container  (pre_start)         <- 1 2',
    '4  web-pre_start-0    run pre_start     (before the start)  <- 3',
    '5  web-pre_start-1-1  create container  (pre_start)         <- 1 2',
    '6  web-pre_start-1-1  run pre_start     (before the start)  <- 4 5',
    '7  web-1              start container   (start)             <- 6',
  ])
  expect(linesOf(planStart(up))).toEqual(['Nothing to do'])
  expect(linesOf(planRestart(stopped)).filter(line => line.includes('pre_start'))).toEqual([])
})
