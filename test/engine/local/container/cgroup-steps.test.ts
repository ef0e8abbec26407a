import { constants } from 'node:os'
import { expect, test } from 'vitest'
import { bytesOf } from '../../../../src/base/bytes.ts'
import { planCgroup } from '../../../../src/engine/local/container/cgroup-steps.ts'
import type { CgroupHost } from '../../../../src/linux/cgroup/cgroup.ts'
import { DEFAULT_DEVICE_RULES, deviceRuleText } from '../../../../src/linux/cgroup/device-rules.ts'
import type { ResourceLimits } from '../../../../src/model/service.ts'
import { LaunchFailure } from '../../../../src/runtime/keeper/keeper-error.ts'

const HOST: CgroupHost = {
  kind: 'v1',
  hierarchies: [
    { mountPoint: '/cg/cpu', controllers: ['cpu', 'cpuacct'] },
    { mountPoint: '/cg/memory', controllers: ['memory'] },
    { mountPoint: '/cg/devices', controllers: ['devices'] },
    { mountPoint: '/cg/cpuset', controllers: ['cpuset'] },
  ],
}
const UNLIMITED: ResourceLimits = {
  ...{ memory: undefined, memoryReservation: undefined, memorySwap: undefined },
  ...{ cpus: undefined, cpuShares: undefined, cpuset: undefined, pids: undefined },
}
const REQUEST = {
  ...{ tag: 'abcdef', project: 'shop', id: '0123456789ab', service: 'web' },
  ...{ limits: UNLIMITED, devices: DEFAULT_DEVICE_RULES.slice(0, 3) },
}
const GROUP = 'tcompose/abcdef/shop/0123456789ab'

function failure(errno: number, what: string): LaunchFailure {
  return new LaunchFailure({ index: 0, errno, what })
}

test('planCgroup() makes a group in each hierarchy, and then writes limits and devices', () => {
  const planned = planCgroup(HOST, { ...REQUEST, limits: { ...UNLIMITED, cpus: 0.5 } })
  expect(planned?.cgroup).toEqual({
    version: 1,
    folders: [`/cg/cpu/${GROUP}`, `/cg/memory/${GROUP}`, `/cg/devices/${GROUP}`],
  })
  expect(planned?.steps.map(({ op }) => op)).toEqual([
    { op: 'make-cgroup', path: `/cg/cpu/${GROUP}` },
    { op: 'make-cgroup', path: `/cg/memory/${GROUP}` },
    { op: 'make-cgroup', path: `/cg/devices/${GROUP}` },
    expect.objectContaining({
      path: `/cg/cpu/${GROUP}/cpu.cfs_quota_us`,
      content: new TextEncoder().encode('50000'),
    }),
    expect.objectContaining({
      path: `/cg/devices/${GROUP}/devices.deny`,
      content: new TextEncoder().encode('a'),
    }),
    {
      op: 'write-each',
      path: `/cg/devices/${GROUP}/devices.allow`,
      texts: REQUEST.devices.map(deviceRuleText),
    },
  ])
})

test('planCgroup() says which limit or rule the kernel did not take, as createCgroup() does', () => {
  const planned = planCgroup(HOST, { ...REQUEST, limits: { ...UNLIMITED, memory: bytesOf(1) } })
  const [memory, allow] = ['memory.limit_in_bytes', 'devices.allow'].map(file =>
    planned?.steps.find(({ op }) => 'path' in op && op.path.endsWith(file)),
  )
  expect(planned?.explain(memory, failure(constants.errno.EINVAL, 'write'))).toMatchObject({
    code: 'cgroup',
    message: `Cannot limit memory of service "web" to 1: /cg/memory/${GROUP}/memory.limit_in_bytes: EINVAL`,
  })
  const refused = failure(constants.errno.EPERM, `c 1:3 rwm /cg/devices/${GROUP}/devices.allow`)
  expect(planned?.explain(allow, refused)).toMatchObject({
    code: 'cgroup',
    message: `Cannot allow devices "c 1:3 rwm" to service "web": /cg/devices/${GROUP}/devices.allow: EPERM`,
  })
  expect(planned?.explain(planned.steps[0], refused)).toBeUndefined()
  expect(planned?.explain(undefined, refused)).toBeUndefined()
})

test('planCgroup() lets everything through where there are no rules', () => {
  const planned = planCgroup(HOST, { ...REQUEST, devices: undefined })
  expect(planned?.steps.map(({ op }) => op.op)).toEqual(['make-cgroup', 'make-cgroup'])
})

test.each([
  ['a group of v2', { kind: 'v2', mountPoint: '/cg' } as const, {}],
  ['a group below one that the user names', HOST, { parent: '/batch' }],
  ['a limit without a controller', HOST, { limits: { ...UNLIMITED, pids: 3 } }],
  ['CPUs', HOST, { limits: { ...UNLIMITED, cpuset: '0' } }],
  ['a share of real time', HOST, { limits: { ...UNLIMITED, cpuRealtime: { period: 1, runtime: 1 } } }],
])('planCgroup() leaves %s to createCgroup()', (_, host, changes) => {
  expect(planCgroup(host, { ...REQUEST, ...changes })).toBeUndefined()
})
