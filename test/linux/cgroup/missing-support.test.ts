import { expect, test } from 'vitest'
import type { CgroupHost } from '../../../src/linux/cgroup/cgroup.ts'
import { missingSupport } from '../../../src/linux/cgroup/missing-support.ts'
import { fakeCgroupFiles } from '../../support/fake-cgroup-files.ts'

const V1: CgroupHost = {
  kind: 'v1',
  hierarchies: [
    { mountPoint: '/cg/blkio', controllers: ['blkio'] },
    { mountPoint: '/cg/cpu', controllers: ['cpu'] },
  ],
}
const NONE: CgroupHost = { kind: 'v1', hierarchies: [] }
const V2: CgroupHost = { kind: 'v2', mountPoint: '/cg' }
const blockIo = { weightOfDevices: [], rates: [] }
const weighted = { ...blockIo, weight: 10 }
const cpuRealtime = { runtime: 1, period: 2 }

for (const [title, host, limits, texts, reason] of [
  ['no blkio', NONE, { blockIo }, {}, 'the host has no blkio controller'],
  ['blkio', V1, { blockIo }, {}, undefined],
  ['no io', V2, { blockIo }, { '/cg/cgroup.controllers': 'cpu memory' }, 'the host has no io controller'],
  ['io', V2, { blockIo }, { '/cg/cgroup.controllers': 'cpu io' }, undefined],
  ['no other group', V1, { blockIo: weighted }, { '/cg/blkio/tasks': '' }, undefined],
  ['weights', V1, { blockIo: weighted }, { '/cg/blkio/a/blkio.bfq.weight': '100' }, undefined],
  [
    'no weights',
    V1,
    { blockIo: weighted },
    { '/cg/blkio/a/tasks': '' },
    'the kernel has no weights of block devices',
  ],
  ['real-time', V1, { cpuRealtime }, { '/cg/cpu/cpu.rt_runtime_us': '1' }, undefined],
  ['no real-time', V1, { cpuRealtime }, {}, 'the kernel has no real-time groups (CONFIG_RT_GROUP_SCHED)'],
  ['v2', V2, { cpuRealtime }, {}, 'control groups of version 2 have no real-time limits'],
  ['nothing asked', NONE, {}, {}, undefined],
] as const) {
  test(`missingSupport() finds ${reason ?? 'nothing missing'} with ${title}`, () => {
    const found = missingSupport(host, limits, fakeCgroupFiles(texts))
    expect(found.map(one => one.reason)).toEqual(reason === undefined ? [] : [reason])
  })
}
