import { expect, test } from 'vitest'
import { bytesOf } from '../../../src/base/bytes.ts'
import { ioWeight } from '../../../src/linux/cgroup/block-io-writes.ts'
import { cpuWeight, v1LimitWrites, v2LimitWrites } from '../../../src/linux/cgroup/limit-writes.ts'
import type { ResourceLimits } from '../../../src/model/service.ts'
import { aService } from '../../support/model-builders.ts'

const none = aService('x').limits
const cases: readonly {
  readonly limits: Partial<ResourceLimits>
  readonly v1: readonly string[]
  readonly v2: readonly string[]
}[] = [
  { limits: {}, v1: [], v2: [] },
  {
    limits: { memory: bytesOf(100) },
    v1: ['memory.limit_in_bytes 100', 'memory.memsw.limit_in_bytes 200'],
    v2: ['memory.max 100', 'memory.swap.max 100'],
  },
  {
    limits: { memory: bytesOf(100), memorySwap: bytesOf(150) },
    v1: ['memory.limit_in_bytes 100', 'memory.memsw.limit_in_bytes 150'],
    v2: ['memory.max 100', 'memory.swap.max 50'],
  },
  {
    limits: { memory: bytesOf(100), memorySwap: -1 },
    v1: ['memory.limit_in_bytes 100', 'memory.memsw.limit_in_bytes -1'],
    v2: ['memory.max 100', 'memory.swap.max max'],
  },
  { limits: { memoryReservation: bytesOf(9) }, v1: ['memory.soft_limit_in_bytes 9'], v2: ['memory.low 9'] },
  { limits: { cpus: 1.5 }, v1: ['cpu.cfs_quota_us 150000'], v2: ['cpu.max 150000 100000'] },
  { limits: { cpus: 0.001 }, v1: ['cpu.cfs_quota_us 1000'], v2: ['cpu.max 1000 100000'] },
  { limits: { cpuShares: 1024 }, v1: ['cpu.shares 1024'], v2: ['cpu.weight 100'] },
  { limits: { cpuset: '0-1' }, v1: ['cpuset.cpus 0-1'], v2: ['cpuset.cpus 0-1'] },
  { limits: { pids: 20 }, v1: ['pids.max 20'], v2: ['pids.max 20'] },
  { limits: { pids: -1 }, v1: [], v2: [] },
  { limits: { swappiness: 0 }, v1: ['memory.swappiness 0'], v2: [] },
  { limits: { oomKillDisabled: true }, v1: ['memory.oom_control 1'], v2: [] },
  {
    limits: { cpuRealtime: { runtime: 400, period: 1000 } },
    v1: ['cpu.rt_period_us 1000', 'cpu.rt_runtime_us 400'],
    v2: [],
  },
  {
    limits: {
      blockIo: {
        weight: 300,
        weightOfDevices: [{ path: '8:0', weight: 10 }],
        rates: [
          { kind: 'read-bytes', path: '8:0', rate: 1 },
          { kind: 'write-bytes', path: '8:0', rate: 2 },
          { kind: 'read-operations', path: '8:16', rate: 3 },
          { kind: 'write-operations', path: '8:16', rate: 4 },
        ],
      },
    },
    v1: [
      'blkio.weight 300',
      'blkio.weight_device 8:0 10',
      'blkio.throttle.read_bps_device 8:0 1',
      'blkio.throttle.write_bps_device 8:0 2',
      'blkio.throttle.read_iops_device 8:16 3',
      'blkio.throttle.write_iops_device 8:16 4',
    ],
    v2: [
      'io.bfq.weight 300',
      'io.bfq.weight 8:0 10',
      'io.max 8:0 rbps=1',
      'io.max 8:0 wbps=2',
      'io.max 8:16 riops=3',
      'io.max 8:16 wiops=4',
    ],
  },
]
for (const { limits, v1, v2 } of cases) {
  test(`v1LimitWrites() and v2LimitWrites() write ${JSON.stringify(limits)}`, () => {
    expect(v1LimitWrites({ ...none, ...limits }).map(({ file, text }) => `${file} ${text}`)).toEqual(v1)
    expect(v2LimitWrites({ ...none, ...limits }).map(({ file, text }) => `${file} ${text}`)).toEqual(v2)
  })
}

for (const [shares, weight] of [
  [2, 1],
  [1024, 100],
  [262_144, 10_000],
] as const) {
  test(`cpuWeight() turns ${shares} shares into weight ${weight}`, () => {
    expect(cpuWeight(shares)).toBe(weight)
  })
}

test('cpuWeight() grows with the shares', () => {
  const weights = [2, 100, 512, 1024, 2048, 100_000].map(cpuWeight)
  expect(weights).toEqual(weights.toSorted((a, b) => a - b))
})

for (const [weight, io] of [
  [10, 1],
  [500, 4950],
  [1000, 10_000],
] as const) {
  test(`ioWeight() turns weight ${weight} of v1 into ${io}`, () => expect(ioWeight(weight)).toBe(io))
}
