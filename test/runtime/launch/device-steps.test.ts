import { expect, test } from 'vitest'
import type { ResolvedMount } from '../../../src/runtime/launch/container-input.ts'
import { deviceSteps } from '../../../src/runtime/launch/device-steps.ts'
import { aContainerInput } from '../../support/container-input.ts'

function aTmpfs(target: string): ResolvedMount {
  return { kind: 'tmpfs', target, sizeBytes: undefined, mode: undefined, options: [], origin: undefined }
}

test('deviceSteps() makes nodes that everyone may read and write, then links', () => {
  const ops = deviceSteps(aContainerInput()).map(({ op }) => op)
  expect(ops).toContainEqual({ op: 'mknod', path: '/dev/null', mode: 0o020666, major: 1, minor: 3 })
  expect(ops).toContainEqual({ op: 'symlink', path: '/dev/ptmx', target: 'pts/ptmx' })
  expect(ops.filter(({ op }) => op === 'mknod')).toHaveLength(6)
})

test('deviceSteps() leaves /dev alone that the service mounts', () => {
  expect(deviceSteps(aContainerInput({}, { mounts: [aTmpfs('/dev')] }))).toEqual([])
})

test('deviceSteps() leaves /dev/mqueue alone that the service mounts', () => {
  const steps = deviceSteps(aContainerInput({}, { mounts: [aTmpfs('/dev/mqueue')] }))
  expect(steps.filter(({ purpose }) => purpose.includes('/dev/mqueue'))).toEqual([])
})

test('deviceSteps() gives a node of the host to its owner only where that is not root', () => {
  const { security } = aContainerInput().spec.config
  const devices = [
    { path: '/dev/dri/card0', kind: 'character', major: 226, minor: 0, mode: 0o660, uid: 0, gid: 44 },
    { path: '/dev/sda', kind: 'block', major: 8, minor: 0, mode: 0o660, uid: 0, gid: 0 },
  ] as const
  const input = aContainerInput({ security: { ...security, privileged: true } })
  const ops = deviceSteps({ ...input, host: { ...input.host, devices } }).map(({ op }) => op)
  expect(ops).toContainEqual({ op: 'make-target', target: '/dev/dri', directory: true, mode: 0o755 })
  expect(ops).toContainEqual({ op: 'mknod', path: '/dev/sda', mode: 0o060660, major: 8, minor: 0 })
  expect(ops.filter(({ op }) => op === 'chown')).toEqual([
    { op: 'chown', path: '/dev/dri/card0', uid: 0, gid: 44 },
  ])
})
