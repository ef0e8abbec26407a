import { expect, test } from 'vitest'
import { backOff, parseRetryAfter } from '../../src/registry/retry.ts'

const NOW = Date.parse('2030-01-01T00:00:00Z')

const headers: ReadonlyArray<{ readonly header: string | undefined; readonly waitMs: number | undefined }> = [
  { header: undefined, waitMs: undefined },
  { header: '0', waitMs: 0 },
  { header: ' 120 ', waitMs: 120_000 },
  { header: 'Tue, 01 Jan 2030 00:00:30 GMT', waitMs: 30_000 },
  { header: 'Tue, 01 Jan 2019 00:00:30 GMT', waitMs: 0 },
  { header: 'soon', waitMs: undefined },
]
for (const { header, waitMs } of headers) {
  test(`parseRetryAfter() reads ${header}`, () => {
    expect(parseRetryAfter(header, NOW)).toBe(waitMs)
  })
}

test('backOff() doubles up to a minute', () => {
  for (let failures = 1; failures < 20; failures++) {
    const full = Math.min(250 * 2 ** (failures - 1), 60_000)
    expect(backOff(failures)).toBeLessThanOrEqual(full)
    expect(backOff(failures)).toBeGreaterThanOrEqual(full * 0.75 - 1)
  }
})
