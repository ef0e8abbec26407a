import { expect, test } from 'vitest'
import { askRegistries, withOffers } from '../../src/app/ask-registries.ts'
import { TcomposeError } from '../../src/base/tcompose-error.ts'
import type { Engine, ImageAnswer } from '../../src/engine/engine.ts'
import type { ObservedImage, ObservedState } from '../../src/model/observed-state.ts'
import { toDesiredState } from '../../src/planner/index.ts'
import { imageIdOf } from '../support/apply-plan.ts'
import { memoryContext } from '../support/memory-context.ts'
import { anObservedState, aProject, aService, sha256Hex } from '../support/model-builders.ts'

const desired = toDesiredState(
  aProject([aService('a', { image: 'a:1' }), aService('b', { image: 'b:1' })]),
  {},
  sha256Hex,
)
const OLD = imageIdOf('old')
const NEW = imageIdOf('new')

const PRESENT: ObservedImage = { kind: 'present', id: OLD, unpacked: true }
const BOTH_THERE = anObservedState({
  images: new Map([
    ['a:1', PRESENT],
    ['b:1', PRESENT],
  ]),
})

/** Asks by policy `pull` for what `answers` says, where `observed` is there. */
async function ask(
  pull: 'always' | 'missing' | 'never',
  answers: Readonly<Record<string, ImageAnswer>>,
  observed: ObservedState = BOTH_THERE,
) {
  const heard: string[] = []
  let asked = 0
  const engine: Partial<Engine> = {
    observe: async () => observed,
    askImages: async images => {
      asked += images.length
      return new Map(Object.entries(answers))
    },
  }
  const answer = await askRegistries(memoryContext({ files: {} }, engine).engine, {
    desired,
    choice: { now: 0, pull: { kind: pull } },
    onAsk: images => heard.push(...images),
  })
  return { answer, heard, asked }
}

test('askRegistries() returns what registries offer, and says whom it asks', async () => {
  const { answer, heard } = await ask('always', { 'a:1': { kind: 'offered', id: NEW } })
  expect(answer).toEqual({ kind: 'offered', ids: new Map([['a:1', NEW]]) })
  expect(heard).toEqual(['a:1', 'b:1'])
})

test('askRegistries() loses no failure where another registry answers, and says which line names the image', async () => {
  const error = new TcomposeError('image-denied', 'Cannot pull b:1')
  const { answer } = await ask('always', {
    'a:1': { kind: 'offered', id: NEW },
    'b:1': { kind: 'failed', error },
  })
  expect(answer).toMatchObject({
    kind: 'failed',
    errors: [{ code: 'image-denied', origin: 'services.b.image' }],
  })
})

for (const pull of ['missing', 'never'] as const) {
  test(`askRegistries() asks nobody by the policy ${pull}`, async () => {
    expect(await ask(pull, {})).toEqual({
      answer: { kind: 'offered', ids: new Map() },
      heard: [],
      asked: 0,
    })
  })
}

test('askRegistries() asks for nothing that is not there: it is pulled anyway', async () => {
  expect(await ask('always', {}, anObservedState())).toMatchObject({ heard: [], asked: 0 })
})

test('withOffers() notes an offer with the image that is there, and with no other', () => {
  const absent: ObservedImage = { kind: 'absent' }
  const observed = anObservedState({
    images: new Map<string, ObservedImage>([
      ['a:1', PRESENT],
      ['b:1', absent],
      ['c:1', PRESENT],
    ]),
  })
  const offers = new Map([
    ['a:1', NEW],
    ['b:1', NEW],
  ])
  expect([...withOffers(observed, offers).images]).toEqual([
    ['a:1', { ...PRESENT, offered: NEW }],
    ['b:1', absent],
    ['c:1', PRESENT],
  ])
})
