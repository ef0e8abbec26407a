import { expect, test } from 'vitest'
import { cgroupMountSteps } from '../../../src/runtime/launch/cgroup-mount-steps.ts'

test('cgroupMountSteps() mounts v2 writable only where that is asked for', () => {
  const cgroup = { version: 2, folders: ['/cg/a'] } as const
  const flags = [false, true].map(writable => {
    const [mount] = cgroupMountSteps(cgroup, { kind: 'v2', mountPoint: '/cg' }, { writable, ofHost: false })
    return mount?.op.op === 'mount' ? mount.op.flags : undefined
  })
  expect(flags).toEqual([15, 14])
})

test('cgroupMountSteps() links each controller of a v1 hierarchy that holds several', () => {
  const host = {
    kind: 'v1',
    hierarchies: [
      { mountPoint: '/cg/cpu,cpuacct', controllers: ['cpu', 'cpuacct'] },
      { mountPoint: '/cg/freezer', controllers: ['freezer'] },
      { mountPoint: '/cg/devices', controllers: ['devices'] },
    ],
  } as const
  const cgroup = { version: 1, folders: ['/cg/devices/tcompose/x'] } as const
  expect(
    cgroupMountSteps(cgroup, host, { writable: false, ofHost: false }).map(({ purpose }) => purpose),
  ).toEqual([
    'mount tmpfs at /sys/fs/cgroup',
    'make mount point /sys/fs/cgroup/cpu,cpuacct',
    'mount cgroup at /sys/fs/cgroup/cpu,cpuacct',
    'link /sys/fs/cgroup/cpu',
    'link /sys/fs/cgroup/cpuacct',
    'make mount point /sys/fs/cgroup/devices',
    'mount cgroup at /sys/fs/cgroup/devices',
    'make /sys/fs/cgroup read-only',
  ])
})

test("cgroupMountSteps() covers the whole tree of v1 by the own group where the namespace is the host's", () => {
  const host = {
    kind: 'v1',
    hierarchies: [
      { mountPoint: '/cg/freezer', controllers: ['freezer'] },
      { mountPoint: '/cg/pids', controllers: ['pids'] },
    ],
  } as const
  const cgroup = { version: 1, folders: ['/cg/pids/tcompose/x'] } as const
  const ops = cgroupMountSteps(cgroup, host, { writable: false, ofHost: true }).map(({ op }) => op)
  const shown = '/sys/fs/cgroup/pids'
  expect(ops).toContainEqual(
    expect.objectContaining({ op: 'open-tree', source: `${shown}/tcompose/x`, attributes: 1 }),
  )
  expect(ops).toContainEqual(expect.objectContaining({ op: 'move-tree', target: shown }))
})
