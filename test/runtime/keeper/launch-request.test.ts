import { expect, test } from 'vitest'
import { bytesOf } from '../../../src/base/bytes.ts'
import {
  encodeLaunchRequest,
  withAttachedDescriptors,
  withNetworkSteps,
} from '../../../src/runtime/keeper/launch-request.ts'
import type { LaunchRequest, LaunchStep } from '../../../src/runtime/launch/launch-op.ts'
import { step } from '../../../src/runtime/launch/launch-steps.ts'

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

const mark = (text: string, ofNewNetwork = false): LaunchStep => ({
  ...step({ op: 'chdir', path: text }, { purpose: text }),
  ...(ofNewNetwork && { ofNewNetwork }),
})

test.each([{}, { logLimits: { maxBytes: bytesOf(5), maxFiles: 2 } }])(
  'withNetworkSteps() puts other steps in the place of those that a fresh network has',
  limits => {
    const whole = (...network: readonly string[]): Buffer => {
      const program = [mark('/before'), ...network.map(text => mark(text, true)), mark('/behind')]
      return encodeLaunchRequest({ ...request, ...limits, program })
    }
    const steps = ['/x', '/y', '/z'].map(text => mark(text, true))
    expect(withNetworkSteps(whole('/a', '/b'), steps)).toEqual(whole('/x', '/y', '/z'))
    expect(withNetworkSteps(whole('/a', '/b'), [])).toEqual(whole())
    expect(withNetworkSteps(whole(), steps)).toEqual(whole())
  },
)
