import { expect, test } from 'vitest'
import { parsePlatform } from '../../src/model/platform.ts'
import { toDesiredState } from '../../src/planner/desired-state.ts'
import { planPush } from '../../src/planner/plan-push.ts'
import { planToText } from '../../src/planner/plan-text.ts'
import { aProject, aService, sha256Hex } from '../support/model-builders.ts'

test('planPush() gives each image of the selected services once, sorted', () => {
  const project = aProject([
    aService('b', { image: 'redis:7' }),
    aService('a', { image: 'redis:7' }),
    aService('c', { image: 'nginx' }),
  ])
  const plan = planPush(toDesiredState(project, {}, sha256Hex))
  expect(plan.steps.map(({ action, origin }) => [action, origin])).toEqual([
    [{ kind: 'push-image', image: 'nginx' }, 'services.c.image'],
    [{ kind: 'push-image', image: 'redis:7' }, 'services.a.image'],
  ])
  expect(planToText(plan)).toContain('push image')
  const one = toDesiredState(project, { services: ['c'], noDeps: true }, sha256Hex)
  expect(planPush(one).steps.map(({ action }) => action)).toEqual([{ kind: 'push-image', image: 'nginx' }])
})

test('planPush() tells the platforms of one name apart', () => {
  const project = aProject([
    aService('a', { image: 'redis:7', platform: parsePlatform('linux/arm64') }),
    aService('b', { image: 'redis:7' }),
  ])
  const plan = planPush(toDesiredState(project, {}, sha256Hex))
  expect(plan.steps.map(({ action }) => action)).toEqual([
    { kind: 'push-image', image: 'redis:7' },
    { kind: 'push-image', image: 'redis:7', platform: 'linux/arm64' },
  ])
})
