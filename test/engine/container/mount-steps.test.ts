import { expect, test } from 'vitest'
import type { ResolvedMount } from '../../../src/engine/container/container-input.ts'
import { openSourceSteps, placeMountSteps } from '../../../src/engine/container/mount-steps.ts'
import type { BindPropagation } from '../../../src/model/mount.ts'
import { aContainerInput } from '../../support/container-input.ts'

const bind: Exclude<ResolvedMount, { kind: 'tmpfs' }> = {
  kind: 'bind',
  hostPath: '/src',
  isFile: true,
  target: '/x',
  readOnly: true,
  recursive: false,
  propagation: 'rprivate',
  label: './src',
  origin: 'services.web.volumes.0',
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
  expect(move?.op).toEqual({ op: 'move-tree', slot: 0, target: '/x' })
})

test('placeMountSteps() mounts a tmpfs in its turn', () => {
  const tmpfs: ResolvedMount = {
    kind: 'tmpfs',
    target: '/x/y/z',
    sizeBytes: 4096,
    mode: undefined,
    options: [],
    origin: 'services.web.tmpfs.0',
  }
  const steps = placeMountSteps(aContainerInput({}, { mounts: [tmpfs, { ...bind, isFile: false }] }))
  expect(steps.at(-1)).toMatchObject({
    op: { op: 'mount', target: '/x/y/z', type: 'tmpfs', data: 'size=4096' },
    purpose: 'mount tmpfs at /x/y/z',
  })
})

test('placeMountSteps() names an anonymous volume', () => {
  const steps = placeMountSteps(
    aContainerInput({}, { mounts: [{ ...bind, kind: 'volume', label: undefined }] }),
  )
  expect(steps[0]?.purpose).toBe('mount an anonymous volume at /x')
})
