import assert from 'node:assert/strict'
import { type SpawnSyncReturns, spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, rmdirSync } from 'node:fs'
import { bytesOf } from '../../../src/base/bytes.ts'
import type { Cgroup, CgroupHost } from '../../../src/linux/cgroup/cgroup.ts'
import { hostCgroupFiles } from '../../../src/linux/cgroup/cgroup-files.ts'
import { createCgroup } from '../../../src/linux/cgroup/create-cgroup.ts'
import { detectCgroups } from '../../../src/linux/cgroup/detect-cgroups.ts'
import { DEFAULT_DEVICE_RULES } from '../../../src/linux/cgroup/device-rules.ts'
import { listCgroups } from '../../../src/linux/cgroup/list-cgroups.ts'
import { missingSupport } from '../../../src/linux/cgroup/missing-support.ts'
import { wasOutOfMemory } from '../../../src/linux/cgroup/out-of-memory.ts'
import { readUsage } from '../../../src/linux/cgroup/read-usage.ts'
import { killCgroup, removeCgroup, removeEmptyParents } from '../../../src/linux/cgroup/remove-cgroup.ts'
import type { Check } from './main.ts'

const OWNER = { tag: 'abcdef', project: 'shop', id: '0123456789abcdef' }
const MEMORY = bytesOf(16_777_216)

/** The engine's control groups on cgroup v2 alone: limits, devices, counters, removal. */
export const engineCgroupChecks: readonly Check[] = [
  { title: 'createCgroup() sets every limit on v2', run: () => withCgroup(showsLimits) },
  { title: 'createCgroup() limits a block device on v2, below a group that is named', run: limitsDevice },
  { title: 'a v2 cgroup denies devices that no rule allows', run: () => withCgroup(deniesDevices) },
  {
    title: 'wasOutOfMemory() sees the kill of a greedy process on v2',
    run: () => withCgroup(killsTheGreedy),
  },
  { title: 'killCgroup() and removeCgroup() leave nothing on v2', run: () => withCgroup(killsEverything) },
]

function withCgroup(check: (folder: string, cgroup: Cgroup) => void): undefined {
  const host = detectCgroups(path => readFileSync(path, 'utf8'))
  const cgroup = makeCgroup(host)
  try {
    check(cgroup.folders[0] ?? '', cgroup)
  } finally {
    assert.deepEqual(removeCgroup(cgroup), [])
    removeEmptyParents(host, OWNER)
    assert.deepEqual(listCgroups(host, OWNER.tag), [])
    assert.equal(existsSync('/sys/fs/cgroup/tcompose'), false)
  }
}

function makeCgroup(host: CgroupHost): Cgroup {
  assert.deepEqual(host, { kind: 'v2', mountPoint: '/sys/fs/cgroup' })
  const limits = {
    memory: MEMORY,
    memoryReservation: bytesOf(8_388_608),
    memorySwap: undefined,
    cpus: 0.5,
    cpuShares: 1024,
    cpuset: '0',
    pids: 20,
  }
  return createCgroup(host, { ...OWNER, service: 'web', limits, devices: DEFAULT_DEVICE_RULES })
}

function showsLimits(folder: string, cgroup: Cgroup): void {
  const expected = {
    'memory.max': '16777216',
    'memory.low': '8388608',
    'cpu.max': '50000 100000',
    'cpu.weight': '100',
    'cpuset.cpus': '0',
    'pids.max': '20',
  }
  for (const [file, text] of Object.entries(expected)) {
    assert.equal(readFileSync(`${folder}/${file}`, 'utf8').trim(), text, file)
  }
  assert.equal(readUsage(cgroup).memoryLimitBytes, MEMORY)
  assert.equal(readUsage(cgroup).pids, 0)
}

function limitsDevice(): undefined {
  const host = detectCgroups(path => readFileSync(path, 'utf8'))
  const [disk = ''] = readdirSync('/sys/block').filter(name => name.startsWith('vd'))
  const device = readFileSync(`/sys/block/${disk}/dev`, 'utf8').trim()
  const limits = {
    ...{ memory: undefined, memoryReservation: undefined, memorySwap: undefined },
    ...{ cpus: undefined, cpuShares: undefined, cpuset: undefined, pids: undefined },
    blockIo: {
      weightOfDevices: [],
      rates: [
        { kind: 'read-bytes', path: device, rate: 1_048_576 },
        { kind: 'write-operations', path: device, rate: 30 },
      ] as const,
    },
  }
  assert.deepEqual(missingSupport(host, limits, hostCgroupFiles), [])
  const parent = '/batch'
  const cgroup = createCgroup(host, { ...OWNER, parent, service: 'web', limits, devices: undefined })
  const [folder = ''] = cgroup.folders
  assert.equal(folder, '/sys/fs/cgroup/batch/tcompose-abcdef-shop-0123456789ab')
  assert.match(
    readFileSync(`${folder}/io.max`, 'utf8'),
    new RegExp(`^${device} rbps=1048576 wbps=max riops=max wiops=30$`, 'm'),
  )
  assert.deepEqual(removeCgroup(cgroup), [])
  rmdirSync('/sys/fs/cgroup/batch')
}

function deniesDevices(folder: string): void {
  const { stdout } = inside(folder, '(: < /dev/zero) && echo zero; (: < /dev/kmsg) || echo refused')
  assert.equal(stdout, 'zero\nrefused\n')
}

function killsTheGreedy(folder: string, cgroup: Cgroup): void {
  assert.equal(wasOutOfMemory(cgroup.folders), false)
  const { signal } = inside(folder, 'exec dd if=/dev/zero of=/dev/null bs=64M count=1')
  assert.equal(signal, 'SIGKILL')
  assert.equal(wasOutOfMemory(cgroup.folders), true)
}

function killsEverything(folder: string, cgroup: Cgroup): void {
  inside(folder, 'sleep 600 >/dev/null 2>&1 & sleep 600 >/dev/null 2>&1 &')
  assert.equal(readUsage(cgroup).pids, 2)
  killCgroup(cgroup)
  const deadline = performance.now() + 5000
  while (readFileSync(`${folder}/cgroup.procs`, 'utf8') !== '' && performance.now() < deadline) {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10)
  }
  assert.equal(readFileSync(`${folder}/cgroup.procs`, 'utf8'), '')
}

function inside(folder: string, script: string): SpawnSyncReturns<string> {
  return spawnSync('sh', ['-c', `echo $$ >${folder}/cgroup.procs; ${script}`], { encoding: 'utf8' })
}
