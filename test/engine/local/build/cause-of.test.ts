import { expect, test } from 'vitest'
import { causeOf, type StepMaking } from '../../../../src/engine/local/build/cause-of.ts'
import { aCopyStep, aRunStep } from '../../../support/build-steps.ts'

const MAKING: StepMaking = { definition: '{"environment":["A=1","B=2"]}', contents: ['c1'], parent: 'p1' }

const CASES: readonly {
  readonly name: string
  readonly now?: Partial<StepMaking>
  readonly files?: readonly string[]
  readonly cause: string
}[] = [
  { name: 'another parent', now: { parent: 'p2', contents: ['c2'] }, cause: 'what it starts from changed' },
  {
    name: 'a changed variable',
    now: { definition: '{"environment":["A=2","B=2"]}' },
    cause: 'variable A changed',
  },
  {
    name: 'variables that came and went',
    now: { definition: '{"environment":["B=2","C=3"]}' },
    cause: 'variables A, C changed',
  },
  {
    name: 'another command',
    now: { definition: '{"argv":["x"],"environment":["A=1","B=2"]}' },
    cause: 'the instruction changed',
  },
  { name: 'one changed file', now: { contents: ['c2'] }, files: ['src/app.js'], cause: 'src/app.js changed' },
  { name: 'two changed files', now: { contents: ['c2'] }, files: ['a', 'b'], cause: 'a and b changed' },
  {
    name: 'many changed files',
    now: { contents: ['c2'] },
    files: ['a', 'b', 'c'],
    cause: 'a and 2 other files changed',
  },
  { name: 'files that are not known', now: { contents: ['c2'] }, cause: 'the files that it copies changed' },
  { name: 'nothing', cause: 'its result is not in the cache any more' },
]

for (const { name, now = {}, files = [], cause } of CASES) {
  test(`causeOf() names ${name}`, () => {
    const missed = { step: aCopyStep(), before: MAKING, now: { ...MAKING, ...now }, changedFiles: files }
    expect(causeOf(missed)).toBe(cause)
  })
}

test('causeOf() says that a step is new', () => {
  expect(causeOf({ step: aRunStep(), before: undefined, now: MAKING, changedFiles: [] })).toBe(
    'not built before',
  )
})

test('causeOf() speaks of mounts where a command reads files', () => {
  const missed = { step: aRunStep(), before: MAKING, now: { ...MAKING, contents: ['c2'] }, changedFiles: [] }
  expect(causeOf(missed)).toBe('the files of its mounts changed')
})
