import { expect, test } from 'vitest'
import type { StatsSample } from '../../../src/app/stats.ts'
import { statsRow } from '../../../src/cli/views/stats-row.ts'
import { anObservedContainer } from '../../support/observed-container.ts'

const container = anObservedContainer('web')

function sampleAt(seconds: number, changes: Partial<NonNullable<StatsSample['usage']>> = {}): StatsSample {
  return {
    container,
    usage: {
      ...{ takenAtNs: seconds * 1e9, cpuNs: 0, memoryBytes: 0, memoryLimitBytes: 1024, pids: 1 },
      ...{ network: { received: 0, sent: 0 }, block: { read: 0, written: 0 } },
      ...changes,
    },
  }
}

test('statsRow() counts processors from the look before', () => {
  const share = (cpuNs: number) =>
    statsRow(sampleAt(12, { cpuNs }), sampleAt(10, { cpuNs: 1e9 }), false).CPUPerc
  expect(share(1e9)).toBe('0.00%')
  expect(share(1.5e9)).toBe('25.00%')
  expect(share(6e9)).toBe('250.00%')
  // It was started again.
  expect(share(0)).toBe('0.00%')
  expect(statsRow(sampleAt(10), undefined, false).CPUPerc).toBe('--')
})

test("statsRow() writes sizes in docker's units", () => {
  const sample = sampleAt(0, {
    ...{ memoryBytes: 5.25 * 1024 ** 2, memoryLimitBytes: 1.9532 * 1024 ** 3, pids: 12 },
    ...{ network: { received: 1500, sent: 0 }, block: { read: 4_260_000, written: 999 } },
  })
  expect(statsRow(sample, undefined, false)).toMatchObject({
    MemUsage: '5.25MiB / 1.953GiB',
    MemPerc: '0.26%',
    NetIO: '1.5kB / 0B',
    BlockIO: '4.26MB / 999B',
    PIDs: '12',
  })
})

test('statsRow() shows zeros for what does not run, and the whole id if asked to', () => {
  expect(statsRow({ container, usage: undefined }, undefined, true)).toEqual({
    ...{ Container: container.id, ID: container.id, Name: 'shop-web-1', CPUPerc: '0.00%', MemPerc: '0.00%' },
    ...{ MemUsage: '0B / 0B', NetIO: '0B / 0B', BlockIO: '0B / 0B', PIDs: '0' },
  })
})
