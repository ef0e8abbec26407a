import { expect, test } from 'vitest'
import { servicePath } from '../../../../src/base/model-path.ts'
import { NO_DEVICES } from '../../../../src/engine/local/device/container-devices.ts'
import { findDeviceProblems, findDevices } from '../../../../src/engine/local/device/find-devices.ts'
import { SYSTEM_DEVICE_SOURCES as SOURCES } from '../../../../src/engine/local/host/device-sources.ts'
import type { Device } from '../../../../src/model/device.ts'

const origin = servicePath('web', 'devices', 0)
const zero: Device = { kind: 'path', source: '/dev/zero', target: '/dev/z', permissions: 'r', origin }
const absent: Device = { ...zero, source: '/dev/absent' }
const named: Device = { kind: 'cdi', name: 'example.com/absent=all', origin }
const rule = { kind: 'character', major: 5, minor: 1, access: 'r' } as const

test('findDevices() finds nothing for a service that asks for nothing', async () => {
  expect(await findDevices({ name: 'web' }, SOURCES)).toBe(NO_DEVICES)
  expect(await findDeviceProblems({ name: 'web' }, SOURCES)).toEqual([])
})

test('findDevices() finds devices by their paths, with the rules of the file behind them', async () => {
  const { nodes, rules } = await findDevices({ name: 'web', devices: [zero], deviceRules: [rule] }, SOURCES)
  expect(nodes).toMatchObject([{ path: '/dev/z', major: 1, minor: 5 }])
  expect(rules).toEqual([{ kind: 'character', major: 1, minor: 5, access: 'r' }, rule])
})

test.for<readonly [Device, string]>([
  [absent, 'Cannot use device "/dev/absent": it does not exist'],
  [named, 'Cannot use device "example.com/absent=all": no specification'],
])('findDevices() and findDeviceProblems() say why there is no %j', async ([device, message]) => {
  const service = { name: 'web', devices: [zero, device] }
  await expect(findDevices(service, SOURCES)).rejects.toThrow(message)
  const problems = await findDeviceProblems(service, SOURCES)
  expect(problems.map(problem => problem.message)).toEqual([expect.stringContaining(message)])
})
