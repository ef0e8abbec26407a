import { TcomposeError } from '../../../base/tcompose-error.ts'
import type { PathDevice } from '../../../model/device.ts'
import type { Service } from '../../../model/service.ts'
import type { DeviceSources } from '../host/device-sources.ts'
import { CdiCatalogue } from './cdi-catalogue.ts'
import { cdiDevices } from './cdi-devices.ts'
import { type ContainerDevices, joinDevices, NO_DEVICES } from './container-devices.ts'
import { pathDeviceNodes } from './path-device.ts'

/** What of a service asks for devices. */
export type DeviceWishes = Pick<Service, 'devices' | 'deviceRules'>

/**
 * Finds the devices of a service on this machine.
 *
 * @throws {TcomposeError} `device-not-found`, `cdi-spec`.
 */
export function resolveDevices(
  { devices = [], deviceRules = [] }: DeviceWishes,
  sources: DeviceSources,
): ContainerDevices {
  if (devices.length === 0 && deviceRules.length === 0) return NO_DEVICES
  const catalogue = new CdiCatalogue(sources)
  const named = devices.flatMap(device =>
    device.kind === 'cdi' ? [catalogue.select(device.name, device.origin)] : [],
  )
  return joinDevices([
    cdiDevices(named),
    ...devices.flatMap(device => (device.kind === 'path' ? [pathDevice(device)] : [])),
    { ...NO_DEVICES, rules: deviceRules },
  ])
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

/** Returns why the devices of a service cannot be had, once for each; changes nothing. */
export function deviceProblems(service: DeviceWishes, sources: DeviceSources): readonly TcomposeError[] {
  return (service.devices ?? []).flatMap(device => {
    try {
      resolveDevices({ devices: [device] }, sources)
      return []
    } catch (error) {
      if (error instanceof TcomposeError) return [error]
      throw error
    }
  })
}
