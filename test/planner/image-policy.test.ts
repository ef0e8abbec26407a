import { describe, expect, test } from 'vitest'
import { millisOf } from '../../src/base/millis.ts'
import type { ObservedImage, ObservedState } from '../../src/model/observed-state.ts'
import { parsePlatform } from '../../src/model/platform.ts'
import type { PullPolicy } from '../../src/model/pull-policy.ts'
import type { Service } from '../../src/model/service.ts'
import { toDesiredState } from '../../src/planner/desired-state.ts'
import { imagesToAsk, type PullChoice } from '../../src/planner/image-policy.ts'
import { planPull } from '../../src/planner/plan-pull.ts'
import { planToText } from '../../src/planner/plan-text.ts'
import { planUp } from '../../src/planner/plan-up.ts'
import { applyPlan, imageIdOf } from '../support/apply-plan.ts'
import { aDependency, anObservedState, aProject, aService, sha256Hex } from '../support/model-builders.ts'

const DAY = 86_400_000
const NOW = 100 * DAY
const IMAGE = 'redis:7'
const daily: PullPolicy = { kind: 'refresh', after: millisOf(DAY) }

function desiredOf(...services: readonly Service[]) {
  return toDesiredState(aProject(services), {}, sha256Hex)
}

function web(pullPolicy: PullPolicy | undefined, changes: Partial<Service> = {}): Service {
  return aService('web', { image: IMAGE, pullPolicy, ...changes })
}

function present(changes: Partial<Extract<ObservedImage, { kind: 'present' }>> = {}): ObservedImage {
  return { kind: 'present', id: imageIdOf(IMAGE), unpacked: true, pulledAt: NOW - DAY / 2, ...changes }
}

/** What is there once `web` runs from `IMAGE`, but for the image, which is `image`. */
function running(image: ObservedImage): ObservedState {
  const up = applyPlan(anObservedState(), planUp(desiredOf(web(undefined)), anObservedState()))
  return { ...up, images: new Map([[IMAGE, image]]) }
}

function linesOf(service: Service, image: ObservedImage, choice: PullChoice = {}): readonly string[] {
  const text = planToText(planUp(desiredOf(service), running(image), { now: NOW, ...choice }))
  return (text.split('\n\n')[0] ?? '')
    .trimEnd()
    .split('\n')
    .map(line => line.replaceAll(/ {2,}/g, ' '))
}

const NOTHING = ['Nothing to do: 1 container is up to date']
const RECREATED = [
  '1 redis:7 fetch image (changed in its registry)',
  '2 web-1 create container (image changed) <- 1',
  '3 web-1 stop container (replaced) <- 2',
  '4 web-1 remove container (replaced) <- 3',
  '5 web-1 start container (recreated) <- 2 4',
]
const other = imageIdOf('other')

describe('planUp() of an image that is there', () => {
  const cases: readonly (readonly [string, PullPolicy | undefined, ObservedImage, readonly string[]])[] = [
    ['leaves it where nothing is said', undefined, present({ pulledAt: 0 }), NOTHING],
    ['leaves it with missing', { kind: 'missing' }, present({ pulledAt: 0 }), NOTHING],
    ['leaves it with never', { kind: 'never' }, present({ pulledAt: 0 }), NOTHING],
    [
      'leaves it with always and the same offer',
      { kind: 'always' },
      present({ offered: imageIdOf(IMAGE) }),
      NOTHING,
    ],
    ['follows another offer with always', { kind: 'always' }, present({ offered: other }), RECREATED],
    ['leaves it until a day is over with daily', daily, present({ pulledAt: NOW - DAY }), NOTHING],
    ['follows another offer with daily', daily, present({ pulledAt: 0, offered: other }), RECREATED],
    [
      'writes down the time of the same offer with daily',
      daily,
      present({ pulledAt: NOW - DAY - 1, offered: imageIdOf(IMAGE) }),
      ['1 redis:7 fetch image (pulled more than 1 day ago)'],
    ],
    [
      'takes a time that is not known for long ago',
      daily,
      present({ pulledAt: undefined }),
      ['1 redis:7 fetch image (unknown when it was pulled)'],
    ],
    ['has nothing to ask for a local source', { kind: 'always' }, present({ isLocal: true }), NOTHING],
  ]
  for (const [title, policy, image, lines] of cases) {
    test(title, () => {
      expect(linesOf(web(policy), image)).toEqual(lines)
    })
  }

  test('takes the policy of the command line before that of a service', () => {
    expect(
      linesOf(web({ kind: 'always' }), present({ offered: other }), { pull: { kind: 'missing' } }),
    ).toEqual(RECREATED)
    expect(linesOf(web(daily), present({ pulledAt: 0 }), { pull: { kind: 'missing' } })).toEqual(NOTHING)
    expect(linesOf(web({ kind: 'never' }), present(), { pull: { kind: 'always' } })).toEqual([
      '1 redis:7 fetch image (pull policy "always")',
    ])
  })
})

test('planUp() gets no image that may not be pulled, but unpacks what is here without asking', () => {
  const plan = (image: ObservedImage) =>
    planUp(desiredOf(web({ kind: 'never' })), anObservedState({ images: new Map([[IMAGE, image]]) })).steps
  expect(plan({ kind: 'absent' })[0]?.action.kind).toBe('create-network')
  expect(plan({ kind: 'absent', isLocal: true })[0]?.action).toMatchObject({ kind: 'fetch-image' })
  expect(plan(present({ unpacked: false }))[0]?.action).toMatchObject({
    kind: 'fetch-image',
    policy: 'never',
  })
})

test('planUp() warns of an image that is missing and may not be pulled, where a container needs it', () => {
  const warningsOf = (image: ObservedImage, policy: PullPolicy, observed = anObservedState()) =>
    planUp(desiredOf(web(policy)), { ...observed, images: new Map([[IMAGE, image]]) }).warnings
  expect(warningsOf({ kind: 'absent' }, { kind: 'never' })).toEqual([
    'Image redis:7 is not on this machine, and the pull policy "never" forbids pulling it: "up" refuses this plan',
  ])
  expect(warningsOf({ kind: 'absent' }, { kind: 'missing' })).toEqual([])
  expect(warningsOf({ kind: 'absent', isLocal: true }, { kind: 'never' })).toEqual([])
  expect(warningsOf(present(), { kind: 'never' })).toEqual([])
  expect(warningsOf({ kind: 'absent' }, { kind: 'never' }, running(present()))).toEqual([])
})

test('planUp() lets nothing begin before all images are here, gates that may fail included', () => {
  const db = aService('db', { image: 'db:1' })
  const app = aService('app', {
    image: 'app:1',
    dependsOn: [aDependency('db', { required: false, condition: 'service_healthy' })],
  })
  const { steps } = planUp(desiredOf(db, app), anObservedState())
  const fetches = new Set(steps.filter(({ action }) => action.kind === 'fetch-image').map(({ id }) => id))
  expect(fetches.size).toBe(2)
  for (const fetch of fetches) {
    const waiting = new Set([fetch])
    for (const { id, action, dependsOn } of steps) {
      const mayGoOn = (other: number) => {
        const gate = steps[other - 1]?.action
        return gate?.kind === 'await-service' && !gate.required
      }
      if (dependsOn.some(other => waiting.has(other) && !mayGoOn(other))) waiting.add(id)
      else if (!fetches.has(id)) expect([action.kind, waiting.has(id)]).toEqual(['await-service', false])
    }
  }
})

test('imagesToAsk() names each image once, with its first place', () => {
  const desired = desiredOf(
    web({ kind: 'always' }),
    aService('also', { image: IMAGE }),
    aService('old', { image: 'old:1', pullPolicy: daily }),
    aService('new', { image: 'new:1', pullPolicy: daily }),
    aService('gone', { image: 'gone:1', pullPolicy: { kind: 'always' } }),
  )
  const images = new Map<string, ObservedImage>([
    [IMAGE, present()],
    ['old:1', present({ pulledAt: 0 })],
    ['new:1', present()],
    ['gone:1', { kind: 'absent' }],
  ])
  const asked = imagesToAsk(desired, anObservedState({ images }), { now: NOW })
  expect(asked.map(({ label, origin }) => [label, origin])).toEqual([
    ['old:1', 'services.old.image'],
    [IMAGE, 'services.also.image'],
  ])
})

test('two platforms of one reference are two images, and the default one is for services that name none', () => {
  const arm = parsePlatform('linux/arm64')
  const project = { ...aProject([web(undefined), aService('arm', { image: IMAGE, platform: arm })]) }
  const labels = (defaultPlatform?: string) =>
    planUp(
      toDesiredState(
        {
          ...project,
          defaultPlatform: defaultPlatform === undefined ? undefined : parsePlatform(defaultPlatform),
        },
        {},
        sha256Hex,
      ),
      anObservedState(),
    ).steps.flatMap(({ action }) => (action.kind === 'fetch-image' ? [[action.image, action.platform]] : []))
  expect(labels()).toEqual([
    [IMAGE, undefined],
    [IMAGE, arm],
  ])
  expect(labels('linux/arm64')).toEqual([[IMAGE, arm]])
})

describe('planPull()', () => {
  const ready = new Map<string, ObservedImage>([[IMAGE, present()]])
  const policyOf = (service: Service, policy?: 'always' | 'missing', images = ready) => {
    const [step] = planPull(desiredOf(service), anObservedState({ images }), { policy }).steps
    return step?.action.kind === 'fetch-image' ? step.action.policy : undefined
  }

  test("goes by each service's policy, and does not wait for a time to go by", () => {
    expect(policyOf(web(undefined))).toBe('always')
    expect(policyOf(web({ kind: 'always' }))).toBe('always')
    expect(policyOf(web(daily))).toBe('always')
    expect(policyOf(web({ kind: 'missing' }))).toBeUndefined()
    expect(policyOf(web({ kind: 'missing' }), undefined, new Map())).toBe('missing')
    expect(policyOf(web({ kind: 'never' }), undefined, new Map())).toBeUndefined()
  })

  test('goes by the policy of the command line where there is one', () => {
    expect(policyOf(web({ kind: 'never' }), 'always')).toBe('always')
    expect(policyOf(web({ kind: 'always' }), 'missing')).toBeUndefined()
    expect(policyOf(web({ kind: 'never' }), 'missing', new Map())).toBe('missing')
  })

  for (const [image, isAsked] of [
    ['redis', true],
    ['redis:latest', true],
    ['127.0.0.1:5000/redis', true],
    ['127.0.0.1:5000/redis:1', false],
    [`redis@sha256:${'a'.repeat(64)}`, false],
  ] as const) {
    test(`with missing ${isAsked ? 'asks for' : 'leaves'} ${image} that is there`, () => {
      const images = new Map<string, ObservedImage>([[image, present()]])
      const expected = isAsked ? 'always' : undefined
      expect(policyOf(web(undefined, { image }), 'missing', images)).toBe(expected)
    })
  }
})
