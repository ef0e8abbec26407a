import { expect, test } from 'vitest'
import { servicePath } from '../../../src/base/model-path.ts'
import { type HostMount, hostMount } from '../../../src/engine/local/mount/host-mount.ts'
import type { ResolvedMount } from '../../../src/engine/local/mount/resolved-mount.ts'
import type { BindPropagation } from '../../../src/model/mount.ts'
import {
  newMountSteps,
  openSourceSteps,
  type PlacedMount,
  placedMounts,
  placeMountSteps,
} from '../../../src/runtime/launch/mount-steps.ts'
import { aContainerLaunch } from '../../support/container-input.ts'

const bind: HostMount = {
  path: '/src',
  isFile: true,
  target: '/x',
  readOnly: true,
  recursive: false,
  label: './src',
  origin: servicePath('web', 'volumes', 0),
}

function placed(...mounts: readonly ResolvedMount[]): readonly PlacedMount[] {
  return placedMounts(aContainerLaunch({}, { mounts }))
}

for (const [propagation, flag] of [
  ['private', 0x40000],
  ['rprivate', 0x40000],
  ['slave', 0x80000],
  ['rslave', 0x80000],
  ['shared', 0x100000],
  ['rshared', 0x100000],
] as const satisfies readonly (readonly [BindPropagation, number])[]) {
  test(`openSourceSteps() opens a ${propagation} bind with flag ${flag.toString(16)}`, () => {
    const steps = openSourceSteps(placed(hostMount({ ...bind, propagation })))
    expect(steps[0]).toEqual({
      op: { op: 'open-tree', slot: 0, source: '/src', recursive: false, attributes: 1, propagation: flag },
      purpose: 'mount ./src at /x',
      optional: false,
      origin: 'services.web.volumes.0',
    })
  })
}

test('placeMountSteps() makes a file to put a file on', () => {
  const [target, move] = placeMountSteps(placed(hostMount(bind)))
  expect(target?.op).toEqual({ op: 'make-target', target: '/x', directory: false, mode: 0o644 })
  expect(move?.op).toEqual({ op: 'place-tree', slot: 0, target: '/x' })
})

test('newMountSteps() mounts a tmpfs before the root changes, and placeMountSteps() places it in its turn', () => {
  const tmpfs: ResolvedMount = {
    mount: { destination: '/x/y/z', type: 'tmpfs', source: 'tmpfs', options: ['size=4096'] },
    extras: { label: 'tmpfs', origin: servicePath('web', 'tmpfs', 0), files: { kind: 'empty' } },
  }
  const launch = aContainerLaunch({}, { mounts: [tmpfs, hostMount({ ...bind, isFile: false })] })
  const mounts = placedMounts(launch)
  const { path: rootfs } = launch.spec.root
  const details = { purpose: 'mount tmpfs at /x/y/z', origin: 'services.web.tmpfs.0' }
  expect(newMountSteps(mounts, launch)).toMatchObject([
    { op: { op: 'mount', target: rootfs, type: 'tmpfs', data: 'size=4096' }, ...details },
    { op: { op: 'open-tree', slot: 4, source: rootfs, recursive: false, attributes: 0 }, ...details },
  ])
  expect(placeMountSteps(mounts).at(-1)).toMatchObject({
    op: { op: 'place-tree', slot: 4, target: '/x/y/z' },
    ...details,
  })
})

test('openSourceSteps() opens a part of a volume beneath it', () => {
  const part = hostMount({ ...bind, path: '/data', subpath: 'a/b' })
  expect(openSourceSteps(placed(part))[0]?.op).toMatchObject({
    op: 'open-tree-beneath',
    root: '/data',
    path: 'a/b',
  })
})

test('placeMountSteps() lets only the files cover /proc that lxcfs has', () => {
  const opAt = (target: string) =>
    placeMountSteps(placed(hostMount({ ...bind, target }))).findLast(
      ({ op }) => 'target' in op && op.target === target,
    )?.op.op
  expect(opAt('/proc/meminfo')).toBe('move-tree')
  expect(opAt('/proc/version')).toBe('place-tree')
})

test('newMountSteps() writes a file in memory, and placeMountSteps() puts it on a file', () => {
  const content = Buffer.from('hush')
  const secret: ResolvedMount = {
    mount: { destination: '/run/s', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'noexec'] },
    extras: {
      label: 'secret "s"',
      origin: undefined,
      files: { kind: 'content', content, mode: 0o400, uid: 7, gid: 0 },
    },
  }
  const launch = aContainerLaunch({}, { mounts: [secret] })
  const { root } = launch.spec
  const mounts = placedMounts(launch)
  expect(newMountSteps(mounts, launch).map(({ op }) => op)).toEqual([
    { op: 'mount', source: 'tmpfs', target: root.path, type: 'tmpfs', flags: 10, data: 'mode=700' },
    { op: 'write-file', path: `${root.path}/content`, content, create: true, mode: 0o400 },
    { op: 'chown', path: `${root.path}/content`, uid: 7, gid: 0 },
    {
      op: 'open-tree',
      slot: 3,
      source: `${root.path}/content`,
      recursive: false,
      attributes: 1,
      propagation: 0x40000,
    },
  ])
  expect(placeMountSteps(mounts).at(-2)?.op).toMatchObject({ op: 'make-target', directory: false })
})

test('newMountSteps() copies what the keeper holds into one file system, and gives each file flags of its own', () => {
  const heldFile = (name: string, options: readonly string[]): ResolvedMount => ({
    mount: { destination: `/run/${name}`, type: 'ramfs', source: 'ramfs', options: ['nosuid', ...options] },
    extras: {
      label: name,
      origin: servicePath('web', 'secrets', 0),
      files: { kind: 'held', name: `files/${name}`, mode: 0o400, uid: name === 'key' ? 999 : 0, gid: 0 },
    },
  })
  const launch = aContainerLaunch({}, { mounts: [heldFile('key', ['noexec']), heldFile('run', [])] })
  const mounts = placedMounts(launch)
  const [key = '', run = ''] = mounts.slice(-2).map(({ slot }) => `${launch.spec.root.path}/content${slot}`)
  expect(newMountSteps(mounts, launch).map(({ op }) => op)).toEqual([
    expect.objectContaining({ op: 'mount', type: 'ramfs', flags: 2, data: 'mode=700' }),
    { op: 'write-held', path: key, name: 'files/key', mode: 0o400 },
    { op: 'chown', path: key, uid: 999, gid: 0 },
    // Read-only, and nothing of it is executed.
    expect.objectContaining({ op: 'open-tree', source: key, attributes: 1 | 2 | 8 }),
    { op: 'write-held', path: run, name: 'files/run', mode: 0o400 },
    expect.objectContaining({ op: 'open-tree', source: run, attributes: 1 | 2 }),
  ])
})

test('newMountSteps() leaves layers with a place for changes writable', () => {
  const layers: ResolvedMount = {
    mount: { destination: '/x', type: 'overlay', source: 'overlay', options: [] },
    extras: {
      label: 'files',
      origin: undefined,
      files: { kind: 'layers', image: 'i', folders: ['/a'], writable: { upper: '/u', work: '/w' } },
    },
  }
  const launch = aContainerLaunch({}, { mounts: [layers] })
  expect(newMountSteps(placedMounts(launch), launch).map(({ op }) => op)).toMatchObject([
    { op: 'mount', data: 'lowerdir=/a,upperdir=/u,workdir=/w,index=off' },
    { op: 'open-tree', attributes: 0 },
  ])
})
