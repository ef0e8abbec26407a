import { TcomposeError } from '../../../base/tcompose-error.ts'
import type { DeviceRule } from '../../../model/device-rule.ts'
import type { Service } from '../../../model/service.ts'
import { type ContainerDevices, type ContainerNode, NO_DEVICES } from './container-devices.ts'
import { pathDeviceNodes } from './path-device.ts'

/** What of a service asks for devices. */
export type DeviceWishes = Pick<Service, 'devices' | 'deviceRules'>

/**
 * Finds the devices of a service on this machine.
 *
 * @throws {TcomposeError} `device-not-found`.
 */
export function resolveDevices({ devices = [], deviceRules = [] }: DeviceWishes): ContainerDevices {
  if (devices.length === 0 && deviceRules.length === 0) return NO_DEVICES
  const nodes: ContainerNode[] = []
  const rules: DeviceRule[] = []
  for (const device of devices) {
    if (device.kind !== 'path') continue
    const found = pathDeviceNodes(device)
    nodes.push(...found)
    rules.push(...found.map(({ kind, major, minor }) => ({ kind, major, minor, access: device.permissions })))
  }
  return { nodes: lastAtEachPath(nodes), rules: [...rules, ...deviceRules] }
}

/** Returns why the devices of a service cannot be had, once for each; changes nothing. */
export function deviceProblems(service: DeviceWishes): readonly TcomposeError[] {
  return (service.devices ?? []).flatMap(device => {
    try {
      resolveDevices({ devices: [device] })
      return []
    } catch (error) {
      if (error instanceof TcomposeError) return [error]
      throw error
    }
  })
}

function lastAtEachPath(nodes: readonly ContainerNode[]): readonly ContainerNode[] {
  return [...new Map(nodes.map(node => [node.path, node])).values()]
}
