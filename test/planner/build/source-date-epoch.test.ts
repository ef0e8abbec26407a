import { expect, test } from 'vitest'
import { sourceDateEpoch } from '../../../src/planner/build/source-date-epoch.ts'
import { aRequest } from './plan-dockerfile.ts'

const declared = 'ARG SOURCE_DATE_EPOCH=7\nFROM scratch\n'

const epochs: ReadonlyArray<
  readonly [text: string, args: Record<string, string>, seconds: number | undefined]
> = [
  ['FROM scratch\nARG SOURCE_DATE_EPOCH=7\n', {}, undefined],
  ['FROM scratch\n', { SOURCE_DATE_EPOCH: '1234567890' }, 1_234_567_890],
  ['FROM scratch\n', { SOURCE_DATE_EPOCH: '' }, undefined],
  [declared, {}, 7],
  [declared, { SOURCE_DATE_EPOCH: '8' }, 8],
]
for (const [text, args, seconds] of epochs) {
  test(`sourceDateEpoch() is ${seconds} of ${JSON.stringify(text)} with ${JSON.stringify(args)}`, () => {
    expect(sourceDateEpoch(aRequest(text, { args }))).toEqual({ value: seconds, diagnostics: [] })
  })
}

test('sourceDateEpoch() refuses what is no number, at its ARG', () => {
  const { value, diagnostics } = sourceDateEpoch(
    aRequest('ARG A\nARG SOURCE_DATE_EPOCH=today\nFROM scratch\n'),
  )
  expect(value).toBeUndefined()
  expect(diagnostics).toMatchObject([
    {
      message: 'Cannot use SOURCE_DATE_EPOCH "today": it is no number of seconds since 1970',
      span: { line: 2 },
    },
  ])
  const given = sourceDateEpoch(aRequest('FROM scratch\n', { args: { SOURCE_DATE_EPOCH: 'x' } }))
  expect(given.diagnostics[0]?.span).toBeUndefined()
})
