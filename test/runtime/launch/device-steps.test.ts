import { expect, test } from 'vitest'
import { servicePath } from '../../../src/base/model-path.ts'
import type { DeviceSpec } from '../../../src/oci/runtime-spec.ts'
import { deviceSteps } from '../../../src/runtime/launch/device-steps.ts'

test('deviceSteps() makes nodes that everyone may read and write, then links', () => {
  const ops = deviceSteps([]).map(({ op }) => op)
  expect(ops).toContainEqual({ op: 'mknod', path: '/dev/null', mode: 0o020666, major: 1, minor: 3 })
  expect(ops).toContainEqual({ op: 'symlink', path: '/dev/ptmx', target: 'pts/ptmx' })
  expect(ops.filter(({ op }) => op === 'mknod')).toHaveLength(6)
})

test('deviceSteps() gives a node to its owner only where that is not root', () => {
  const devices: readonly DeviceSpec[] = [
    { path: '/dev/dri/card0', type: 'c', major: 226, minor: 0, fileMode: 0o660, uid: 0, gid: 44 },
    { path: '/dev/sda', type: 'b', major: 8, minor: 0, fileMode: 0o660, uid: 0, gid: 0 },
  ]
  const ops = deviceSteps(devices).map(({ op }) => op)
  expect(ops).toContainEqual({ op: 'make-target', target: '/dev/dri', directory: true, mode: 0o755 })
  expect(ops).toContainEqual({ op: 'mknod', path: '/dev/sda', mode: 0o060660, major: 8, minor: 0 })
  expect(ops.filter(({ op }) => op === 'chown')).toEqual([
    { op: 'chown', path: '/dev/dri/card0', uid: 0, gid: 44 },
  ])
})

test('deviceSteps() leads from a node to the line that asks for it, and leaves those elsewhere to mounts', () => {
  const node = { type: 'c', major: 1, minor: 5, fileMode: 0o666, uid: 0, gid: 0 } as const
  const origin = servicePath('web', 'devices', 0)
  const steps = deviceSteps(
    [
      { ...node, path: '/dev/z' },
      { ...node, path: '/opt/z' },
    ],
    new Map([['linux.devices./dev/z', origin]]),
  )
  expect(steps.filter(step => step.origin !== undefined)).toEqual([
    expect.objectContaining({ purpose: 'make device /dev/z', origin }),
  ])
  expect(steps.some(({ op }) => op.op === 'mknod' && op.path === '/opt/z')).toBe(false)
})
