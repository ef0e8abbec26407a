import { expect, test } from 'vitest'
import { volumePath } from '../../src/base/model-path.ts'
import type { Plan, Step } from '../../src/planner/plan.ts'
import { planToText } from '../../src/planner/plan-text.ts'
import { aBuildStep } from '../support/build-builders.ts'

const removal: Step = {
  id: 1,
  action: { kind: 'remove-volume', key: 'data', name: 'shop_data' },
  cause: 'down --volumes',
  dependsOn: [],
  origin: volumePath('data'),
  destructive: { reason: 'the data in volume shop_data is removed' },
}

function aPlan(changes: Partial<Plan>): Plan {
  return { project: 'shop', changes: [], steps: [], warnings: [], ...changes }
}

test('planToText() marks what loses data and counts', () => {
  expect(planToText(aPlan({ steps: [removal] }))).toBe(
    '1  data  remove volume  (down --volumes) ! the data in volume shop_data is removed\n\nPlan: 0 to create, 0 to change, 1 to remove\n',
  )
})

test('planToText() counts builds where there are some', () => {
  const step = aBuildStep(1, 'web')
  expect(planToText(aPlan({ steps: [step] }))).toBe(
    '1  shop-web  build image  (test)\n\nPlan: 1 to build, 0 to create, 0 to change, 0 to remove\n',
  )
})

const empty: ReadonlyArray<{ readonly unchanged: readonly string[]; readonly text: string }> = [
  { unchanged: [], text: 'Nothing to do\n' },
  { unchanged: ['a'], text: 'Nothing to do: 1 container is up to date\n' },
  { unchanged: ['a', 'b'], text: 'Nothing to do: 2 containers are up to date\n' },
]
for (const { unchanged, text } of empty) {
  test(`planToText() of no steps and ${unchanged.length} containers is one sentence`, () => {
    expect(planToText(aPlan({ unchanged }))).toBe(text)
  })
}

test('planToText() lines up names that are drawn wider than they are long', () => {
  const steps = ['日本語', 'data'].map((key, index) => ({
    ...removal,
    id: index + 1,
    action: { kind: 'remove-volume', key, name: key } as const,
    destructive: undefined,
  }))
  expect(planToText(aPlan({ steps })).split('\n').slice(0, 2)).toEqual([
    '1  日本語  remove volume  (down --volumes)',
    '2  data    remove volume  (down --volumes)',
  ])
})
