import { TcomposeError } from '../../../base/tcompose-error.ts'
import type { PathDevice } from '../../../model/device.ts'
import { type ContainerDevices, type DeviceWishes, joinDevices, NO_DEVICES } from './container-devices.ts'
import { pathDeviceNodes } from './path-device.ts'

/** Tells whether paths and rules are all that a service asks for: no names, and nothing that is to be found. */
export function isPlain({ devices = [], deviceRequests = [] }: DeviceWishes): boolean {
  return deviceRequests.length === 0 && devices.every(({ kind }) => kind === 'path')
}

/**
 * Finds the devices that a service names by their paths, with the rules of the file behind them.
 *
 * @throws {TcomposeError} `device-not-found`.
 */
export function plainDevices({ devices = [], deviceRules = [] }: DeviceWishes): ContainerDevices {
  const named = devices.flatMap(device => (device.kind === 'path' ? [pathDevice(device)] : []))
  return joinDevices([...named, { ...NO_DEVICES, rules: deviceRules }])
}

function pathDevice(device: PathDevice): ContainerDevices {
  const nodes = pathDeviceNodes(device)
  const access = device.permissions
  return {
    ...NO_DEVICES,
    nodes,
    rules: nodes.map(({ kind, major, minor }) => ({ kind, major, minor, access })),
  }
}

/** Returns why `resolve` finds no devices for what a service asks for, once for each thing that it asks for. */
export function problemsOfEach(
  { name, devices = [], deviceRequests = [] }: DeviceWishes,
  resolve: (wish: DeviceWishes) => unknown,
): readonly TcomposeError[] {
  const wishes: readonly DeviceWishes[] = [
    ...devices.map(device => ({ name, devices: [device] })),
    ...deviceRequests.map(request => ({ name, deviceRequests: [request] })),
  ]
  return wishes.flatMap(wish => {
    try {
      resolve(wish)
      return []
    } catch (error) {
      if (error instanceof TcomposeError) return [error]
      throw error
    }
  })
}
