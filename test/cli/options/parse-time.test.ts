import { expect, test } from 'vitest'
import { parseTime } from '../../../src/cli/options/parse-time.ts'

const NOW = Date.parse('2026-11-23T12:00:00Z')
const LOCAL = new Date('2026-01-31T08:05:00').toISOString().slice(0, 16)
const LOCAL_DAY = new Date('2026-01-31T00:00:00').toISOString().slice(0, 16)

const times = [
  { text: '10s', time: '2026-11-23T11:59:50.000000000Z' },
  { text: '42m', time: '2026-11-23T11:18:00.000000000Z' },
  { text: '1.5h', time: '2026-11-23T10:30:00.000000000Z' },
  { text: '1h30m0.25s', time: '2026-11-23T10:29:59.750000000Z' },
  { text: '1795434000', time: '2026-11-23T11:40:00.000000000Z' },
  { text: '1795434000.000000005', time: '2026-11-23T11:40:00.000000005Z' },
  { text: '2026-01-31T08:00:00.123456789+02:00', time: '2026-01-31T06:00:00.123456789Z' },
  { text: '2026-01-31t08:00:00.5z', time: '2026-01-31T08:00:00.500000000Z' },
  { text: '2026-01-31T08:05', time: `${LOCAL}:00.000000000Z` },
  { text: '2026-01-31 08:05:00', time: `${LOCAL}:00.000000000Z` },
  { text: '2026-01-31', time: `${LOCAL_DAY}:00.000000000Z` },
]
for (const { text, time } of times) {
  test(`parseTime() reads ${text} as ${time}`, () => expect(parseTime(text, NOW)).toBe(time))
}

for (const text of ['', 'yesterday', '10d', '-5m', '2026-13-01', '2026-01-31T25:00:00Z']) {
  test(`parseTime() refuses "${text}"`, () => {
    expect(() => parseTime(text, NOW)).toThrow('Expected a time such as')
  })
}
