import { expect, test } from 'vitest'
import { encodeLaunchRequest, withAttachedDescriptors } from '../../../src/runtime/keeper/launch-request.ts'
import type { LaunchRequest } from '../../../src/runtime/launch/launch-op.ts'

const request: LaunchRequest = {
  id: 'web',
  kind: 'auxiliary',
  killOnHangup: true,
  stdinOpen: false,
  cloneFlags: 0x20000,
  join: 'j',
  cgroup: undefined,
  stateDir: undefined,
  logPath: '/l',
  program: [],
}

test('encodeLaunchRequest() follows the order of LAUNCH', () => {
  expect(encodeLaunchRequest(request).toString('hex')).toBe(
    '03000000776562' +
      '01' +
      '01' +
      '0000' +
      '00000200' +
      '010000006a' +
      '00000000' +
      '00000000' +
      '020000002f6c' +
      '0c000000' +
      '5443504d0100000000000000',
  )
})

test('withAttachedDescriptors() sets one flag of a copy', () => {
  const encoded = encodeLaunchRequest(request)
  expect(withAttachedDescriptors(encoded).readUInt8(8)).toBe(5)
  expect(encoded.readUInt8(8)).toBe(1)
})
