import { expect, test } from 'vitest'
import { servicePath } from '../../../src/base/model-path.ts'
import type { BindPropagation } from '../../../src/model/mount.ts'
import type { ResolvedMount } from '../../../src/runtime/launch/container-input.ts'
import { newMountSteps, openSourceSteps, placeMountSteps } from '../../../src/runtime/launch/mount-steps.ts'
import { aContainerInput } from '../../support/container-input.ts'

const bind: Exclude<ResolvedMount, { kind: 'tmpfs' | 'image' }> = {
  kind: 'bind',
  hostPath: '/src',
  subpath: undefined,
  isFile: true,
  target: '/x',
  readOnly: true,
  recursive: false,
  propagation: 'rprivate',
  label: './src',
  origin: servicePath('web', 'volumes', 0),
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
    const steps = openSourceSteps(aContainerInput({}, { mounts: [{ ...bind, propagation }] }))
    expect(steps[0]).toEqual({
      op: { op: 'open-tree', slot: 0, source: '/src', recursive: false, attributes: 1, propagation: flag },
      purpose: 'mount ./src at /x',
      optional: false,
      origin: 'services.web.volumes.0',
    })
  })
}

test('placeMountSteps() makes a file to put a file on', () => {
  const [target, move] = placeMountSteps(aContainerInput({}, { mounts: [bind] }))
  expect(target?.op).toEqual({ op: 'make-target', target: '/x', directory: false, mode: 0o644 })
  expect(move?.op).toEqual({ op: 'place-tree', slot: 0, target: '/x' })
})

test('newMountSteps() mounts a tmpfs before the root changes, and placeMountSteps() places it in its turn', () => {
  const tmpfs: ResolvedMount = {
    kind: 'tmpfs',
    target: '/x/y/z',
    sizeBytes: 4096,
    mode: undefined,
    options: [],
    origin: servicePath('web', 'tmpfs', 0),
  }
  const input = aContainerInput({}, { mounts: [tmpfs, { ...bind, isFile: false }] })
  const { rootfs } = input.layout
  const details = { purpose: 'mount tmpfs at /x/y/z', origin: 'services.web.tmpfs.0' }
  expect(newMountSteps(input)).toMatchObject([
    { op: { op: 'mount', target: rootfs, type: 'tmpfs', data: 'size=4096' }, ...details },
    { op: { op: 'open-tree', slot: 4, source: rootfs, recursive: false, attributes: 0 }, ...details },
  ])
  expect(placeMountSteps(input).at(-1)).toMatchObject({
    op: { op: 'place-tree', slot: 4, target: '/x/y/z' },
    ...details,
  })
})

test('openSourceSteps() opens a part of a volume beneath it', () => {
  const part: ResolvedMount = { ...bind, kind: 'volume', hostPath: '/data', subpath: 'a/b' }
  expect(openSourceSteps(aContainerInput({}, { mounts: [part] }))[0]?.op).toMatchObject({
    op: 'open-tree-beneath',
    root: '/data',
    path: 'a/b',
  })
})

test('placeMountSteps() lets only the files cover /proc that lxcfs has', () => {
  const opAt = (target: string) =>
    placeMountSteps(aContainerInput({}, { mounts: [{ ...bind, target }] })).findLast(
      ({ op }) => 'target' in op && op.target === target,
    )?.op.op
  expect(opAt('/proc/meminfo')).toBe('move-tree')
  expect(opAt('/proc/version')).toBe('place-tree')
})

test('placeMountSteps() names an anonymous volume', () => {
  const steps = placeMountSteps(
    aContainerInput({}, { mounts: [{ ...bind, kind: 'volume', label: undefined }] }),
  )
  expect(steps[0]?.purpose).toBe('mount an anonymous volume at /x')
})
