import { expect, test } from 'vitest'
import type { Bytes } from '../../../src/base/bytes.ts'
import { bytesOf } from '../../../src/base/bytes.ts'
import type { CgroupHost } from '../../../src/linux/cgroup/cgroup.ts'
import { type CgroupRequest, createCgroup } from '../../../src/linux/cgroup/create-cgroup.ts'
import type { ResourceLimits } from '../../../src/model/service.ts'
import { fakeCgroupFiles } from '../../support/fake-cgroup-files.ts'
import { aService } from '../../support/model-builders.ts'

const V1: CgroupHost = {
  kind: 'v1',
  hierarchies: [
    { mountPoint: '/cg/cpu,cpuacct', controllers: ['cpu', 'cpuacct'] },
    { mountPoint: '/cg/memory', controllers: ['memory'] },
    { mountPoint: '/cg/devices', controllers: ['devices'] },
    { mountPoint: '/cg/cpuset', controllers: ['cpuset'] },
  ],
}
const V1_FILES = {
  '/cg/cpu,cpuacct/tasks': '',
  '/cg/memory/tasks': '',
  '/cg/devices/tasks': '',
  '/cg/cpuset/cpuset.cpus': '0-3\n',
  '/cg/cpuset/cpuset.mems': '0\n',
}
const V2: CgroupHost = { kind: 'v2', mountPoint: '/cg' }
const V2_FILES = {
  '/cg/cgroup.controllers': 'cpuset cpu io memory pids\n',
  '/cg/cgroup.subtree_control': 'memory\n',
}
const HALF: Bytes = bytesOf(536_870_912)

function aRequest(limits: Partial<ResourceLimits> = {}): CgroupRequest {
  return {
    tag: 'abcdef',
    project: 'shop',
    id: '0123456789abcdef',
    service: 'web',
    limits: { ...aService('web').limits, ...limits },
    devices: undefined,
  }
}

test('createCgroup() makes one folder per used v1 hierarchy, named for tag, project and id', () => {
  const files = fakeCgroupFiles(V1_FILES)
  expect(createCgroup(V1, aRequest(), files)).toEqual({
    version: 1,
    folders: [
      '/cg/cpu,cpuacct/tcompose/abcdef/shop/0123456789ab',
      '/cg/memory/tcompose/abcdef/shop/0123456789ab',
    ],
  })
  expect(files.log.filter(line => line.startsWith('write'))).toEqual([])
})

test('createCgroup() costs one operation per v1 hierarchy and limit once the parents are there', () => {
  const files = fakeCgroupFiles({
    ...V1_FILES,
    '/cg/cpu,cpuacct/tcompose/abcdef/shop/other/tasks': '',
    '/cg/memory/tcompose/abcdef/shop/other/tasks': '',
  })
  createCgroup(V1, aRequest({ memory: HALF, cpus: 0.5 }), files)
  expect(files.log).toEqual([
    'mkdir /cg/cpu,cpuacct/tcompose/abcdef/shop/0123456789ab',
    'mkdir /cg/memory/tcompose/abcdef/shop/0123456789ab',
    'write /cg/memory/tcompose/abcdef/shop/0123456789ab/memory.limit_in_bytes 536870912',
    'write /cg/memory/tcompose/abcdef/shop/0123456789ab/memory.memsw.limit_in_bytes 1073741824',
    'write /cg/cpu,cpuacct/tcompose/abcdef/shop/0123456789ab/cpu.cfs_quota_us 50000',
  ])
})

test('createCgroup() takes over a folder that is there', () => {
  const files = fakeCgroupFiles(V1_FILES)
  createCgroup(V1, aRequest(), files)
  expect(createCgroup(V1, aRequest(), files).folders).toHaveLength(2)
})

test('createCgroup() denies every device and allows the rules on v1', () => {
  const files = fakeCgroupFiles(V1_FILES)
  const rule = { kind: 'character', major: 1, minor: 3, access: 'rwm' } as const
  createCgroup(V1, { ...aRequest(), devices: [rule] }, files)
  expect(files.log.filter(line => line.includes('/devices.'))).toEqual([
    'write /cg/devices/tcompose/abcdef/shop/0123456789ab/devices.deny a',
    'write /cg/devices/tcompose/abcdef/shop/0123456789ab/devices.allow c 1:3 rwm',
  ])
})

test('createCgroup() names the device that the group above may not use', () => {
  const files = fakeCgroupFiles(V1_FILES)
  const rule = { kind: 'character', major: 1, minor: 3, access: 'rwm' } as const
  const refusing = {
    ...files,
    write: (path: string, ...texts: readonly string[]) => {
      if (path.endsWith('devices.allow') && texts.includes('b 8:0 r'))
        throw Object.assign(new Error('EPERM'), { code: 'EPERM' })
      files.write(path, ...texts)
    },
  }
  const devices = [rule, { kind: 'block', major: 8, minor: 0, access: 'r' } as const]
  expect(() => createCgroup(V1, { ...aRequest(), devices }, refusing)).toThrow(
    /^Cannot allow devices "b 8:0 r" to service "web": .*devices.allow: EPERM$/,
  )
})

test('createCgroup() fills the top cpuset, which the folders below copy', () => {
  const files = fakeCgroupFiles(V1_FILES)
  createCgroup(V1, aRequest({ cpuset: '1' }), files)
  expect(files.log.filter(line => line.startsWith('write'))).toEqual([
    'write /cg/cpuset/tcompose/cpuset.cpus 0-3',
    'write /cg/cpuset/tcompose/cpuset.mems 0',
    'write /cg/cpuset/tcompose/cgroup.clone_children 1',
    'write /cg/cpuset/tcompose/abcdef/shop/0123456789ab/cpuset.cpus 1',
  ])
})

test('createCgroup() passes over a missing swap limit that nobody asked for', () => {
  const files = fakeCgroupFiles(V1_FILES, ['memory.memsw.limit_in_bytes'])
  expect(() => createCgroup(V1, aRequest({ memory: HALF }), files)).not.toThrow()
  expect(() => createCgroup(V1, aRequest({ memory: HALF, memorySwap: -1 }), files)).toThrow(
    expect.objectContaining({ code: 'cgroup', origin: 'services.web' }),
  )
})

test('createCgroup() says which controller a limit lacks', () => {
  expect(() => createCgroup(V1, aRequest({ pids: 5 }), fakeCgroupFiles(V1_FILES))).toThrow(
    'Cannot limit pids of service "web": the host has no pids controller',
  )
})

test('createCgroup() passes controllers on at every v2 level, once', () => {
  const files = fakeCgroupFiles(V2_FILES)
  expect(createCgroup(V2, aRequest({ pids: 5 }), files)).toEqual({
    version: 2,
    folders: ['/cg/tcompose/abcdef/shop/0123456789ab'],
  })
  expect(files.log.filter(line => line.startsWith('write'))).toEqual([
    'write /cg/cgroup.subtree_control +cpu +cpuset +pids',
    'write /cg/tcompose/abcdef/shop/0123456789ab/pids.max 5',
  ])
  const before = files.log.length
  createCgroup(V2, { ...aRequest(), id: 'fedcba9876543210' }, files)
  expect(files.log.slice(before)).toEqual(['mkdir /cg/tcompose/abcdef/shop/fedcba987654'])
})

test('createCgroup() throws where the hierarchy is not there', () => {
  expect(() => createCgroup(V2, aRequest(), fakeCgroupFiles({}))).toThrow(/^Cannot create control group/)
})

const BLOCK_IO = { weight: 500, weightOfDevices: [], rates: [] }

for (const [title, host, texts, written] of [
  ['the first file of v1', v1Io(), { 'blkio.weight': '500' }, 'blkio.weight 500'],
  ['that of BFQ', v1Io(), { 'blkio.bfq.weight': '100' }, 'blkio.bfq.weight 500'],
  ['the weight of v2', V2, { 'io.weight': 'default 100' }, 'io.weight default 4950'],
] as const) {
  test(`createCgroup() shares block devices by ${title}, as the kernel has it`, () => {
    const folder = host.kind === 'v2' ? '/cg' : '/cg/blkio'
    const own = `${folder}/tcompose/abcdef/shop/0123456789ab`
    const files = fakeCgroupFiles({
      ...V2_FILES,
      ...Object.fromEntries(Object.entries(texts).map(([file, text]) => [`${own}/${file}`, text])),
    })
    createCgroup(host, aRequest({ blockIo: BLOCK_IO }), files)
    expect(files.log.filter(line => line.includes('weight'))).toEqual([`write ${own}/${written}`])
    expect(files.log.some(line => /subtree_control .*\+io$/.test(line))).toBe(host.kind === 'v2')
  })
}

function v1Io(): CgroupHost {
  return { kind: 'v1', hierarchies: [{ mountPoint: '/cg/blkio', controllers: ['blkio'] }] }
}

test('createCgroup() puts a group below the one that the file names, and makes that', () => {
  const files = fakeCgroupFiles(V1_FILES)
  const { folders } = createCgroup(V1, { ...aRequest({ cpuset: '1' }), parent: '/batch' }, files)
  expect(folders.at(-1)).toBe('/cg/cpuset/batch/tcompose-abcdef-shop-0123456789ab')
  expect(files.log.filter(line => line.includes('cpuset.cpus'))).toEqual([
    'write /cg/cpuset/batch/cpuset.cpus 0-3',
    'write /cg/cpuset/batch/tcompose-abcdef-shop-0123456789ab/cpuset.cpus 0-3',
    'write /cg/cpuset/batch/tcompose-abcdef-shop-0123456789ab/cpuset.cpus 1',
  ])
})

test('createCgroup() gives the groups above one with real-time what those below them have', () => {
  const files = fakeCgroupFiles({ ...V1_FILES, '/cg/cpu,cpuacct/cpu.rt_runtime_us': '950000\n' })
  const cpuRealtime = { runtime: 400, period: 1000 }
  createCgroup(V1, aRequest({ cpuRealtime }), files)
  const top = '/cg/cpu,cpuacct/tcompose'
  const realtime = () => files.log.filter(line => line.includes('rt_'))
  const first = [
    `write ${top}/cpu.rt_runtime_us 400000`,
    `write ${top}/abcdef/cpu.rt_runtime_us 400000`,
    `write ${top}/abcdef/shop/cpu.rt_runtime_us 400000`,
    `write ${top}/abcdef/shop/0123456789ab/cpu.rt_period_us 1000`,
    `write ${top}/abcdef/shop/0123456789ab/cpu.rt_runtime_us 400`,
  ]
  expect(realtime()).toEqual(first)
  // Started again it needs no more, and another project of the engine only its own.
  createCgroup(V1, aRequest({ cpuRealtime }), files)
  expect(realtime()).toEqual([...first, ...first.slice(3)])
  createCgroup(V1, { ...aRequest({ cpuRealtime: { runtime: 10, period: 100 } }), project: 'other' }, files)
  expect(realtime().slice(7, 10)).toEqual([
    `write ${top}/cpu.rt_runtime_us 500000`,
    `write ${top}/abcdef/cpu.rt_runtime_us 500000`,
    `write ${top}/abcdef/other/cpu.rt_runtime_us 100000`,
  ])
})
