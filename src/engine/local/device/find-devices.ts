import type { TcomposeError } from '../../../base/tcompose-error.ts'
import type { DeviceSources } from '../host/device-sources.ts'
import { asksForDevices, type ContainerDevices, type DeviceWishes, NO_DEVICES } from './container-devices.ts'
import { isPlain, plainDevices, problemsOfEach } from './plain-devices.ts'

/**
 * Finds the devices of a service on this machine. What knows of specifications and GPUs is loaded only for one that asks
 * for devices by name, or by what they are.
 *
 * @throws {TcomposeError} `device-not-found`, `cdi-spec`, `gpu-not-found`.
 */
export async function findDevices(service: DeviceWishes, sources: DeviceSources): Promise<ContainerDevices> {
  if (!asksForDevices(service)) return NO_DEVICES
  if (isPlain(service)) return plainDevices(service)
  const { resolveDevices } = await import('./resolve-devices.ts')
  return resolveDevices(service, sources)
}

/** Returns why the devices of a service cannot be had, once for each; changes nothing. */
export async function findDeviceProblems(
  service: DeviceWishes,
  sources: DeviceSources,
): Promise<readonly TcomposeError[]> {
  if (!asksForDevices(service)) return []
  if (isPlain(service)) return problemsOfEach(service, plainDevices)
  const { deviceProblems } = await import('./resolve-devices.ts')
  return deviceProblems(service, sources)
}
