import type { Device } from '../../model/device.ts'
import type { DeviceRequest } from '../../model/device-request.ts'
import type { DeviceRule } from '../../model/device-rule.ts'
import type { Plain } from './plain.ts'

/** Returns entries of `devices`. */
export function plainDevices(devices: readonly Device[]): readonly Plain[] {
  return devices.map(device =>
    device.kind === 'cdi'
      ? device.name
      : { source: device.source, target: device.target, permissions: device.permissions },
  )
}

/** Returns entries of `device_cgroup_rules`. */
export function plainRules(rules: readonly DeviceRule[]): readonly Plain[] {
  return rules.map(
    ({ kind, major, minor, access }) =>
      `${kind === 'character' ? 'c' : 'b'} ${major ?? '*'}:${minor ?? '*'} ${access}`,
  )
}

/** Returns entries of `deploy.resources.reservations.devices`. */
export function plainRequests(requests: readonly DeviceRequest[]): readonly Plain[] {
  return requests.map(({ driver, capabilities, count, ids, required }) => ({
    ...(driver !== undefined && { driver }),
    capabilities,
    ...(ids.length > 0 ? { device_ids: ids } : { count }),
    ...(!required && { 'x-required': false }),
  }))
}
