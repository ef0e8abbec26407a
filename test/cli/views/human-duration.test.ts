import { expect, test } from 'vitest'
import { humanDuration } from '../../../src/cli/views/human-duration.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const cases: ReadonlyArray<readonly [milliseconds: number, text: string]> = [
  [999, 'Less than a second'],
  [1000, '1 second'],
  [59_000, '59 seconds'],
  [MINUTE, 'About a minute'],
  [3 * MINUTE, '3 minutes'],
  [59 * MINUTE, '59 minutes'],
  [HOUR, 'About an hour'],
  [100 * MINUTE, '2 hours'],
  [47 * HOUR, '47 hours'],
  [3 * DAY, '3 days'],
  [15 * DAY, '2 weeks'],
  [90 * DAY, '3 months'],
  [800 * DAY, '2 years'],
]
for (const [milliseconds, text] of cases) {
  test(`humanDuration() words ${milliseconds} ms as "${text}"`, () => {
    expect(humanDuration(milliseconds)).toBe(text)
  })
}
