import { TcomposeError } from '../../../base/tcompose-error.ts'
import type { DeviceRequest } from '../../../model/device-request.ts'
import type { DeviceSources } from '../host/device-sources.ts'
import { cdiDevices } from './cdi-devices.ts'
import { type ContainerDevices, type DeviceWishes, joinDevices, NO_DEVICES } from './container-devices.ts'
import { DeviceFinder } from './device-finder.ts'
import { plainDevices, problemsOfEach } from './plain-devices.ts'
import { type ResolvedRequest, resolveRequest } from './resolve-request.ts'

/** What a request is for now, or why its service does without. */
export type RequestOutcome =
  | { readonly kind: 'resolved'; readonly request: DeviceRequest; readonly resolved: ResolvedRequest }
  | { readonly kind: 'left-out'; readonly request: DeviceRequest; readonly notice: string }

/**
 * Finds the devices of a service on this machine.
 *
 * @throws {TcomposeError} `device-not-found`, `cdi-spec`, `gpu-not-found`.
 */
export function resolveDevices(service: DeviceWishes, sources: DeviceSources): ContainerDevices {
  const { devices = [], deviceRules = [], deviceRequests = [] } = service
  if (devices.length + deviceRules.length + deviceRequests.length === 0) return NO_DEVICES
  const finder = new DeviceFinder(sources)
  const named = devices.flatMap(device =>
    device.kind === 'cdi' ? [finder.catalogue.select(device.name, device.origin)] : [],
  )
  const outcomes = deviceRequests.map(request => resolveOrLeaveOut(service, request, finder))
  const requested = outcomes.flatMap(outcome => (outcome.kind === 'resolved' ? [outcome.resolved] : []))
  return joinDevices([
    cdiDevices([...named, ...requested.flatMap(({ selections }) => selections)]),
    ...requested.map(({ extra }) => extra),
    plainDevices(service),
    {
      ...NO_DEVICES,
      notices: outcomes.flatMap(outcome => (outcome.kind === 'left-out' ? [outcome.notice] : [])),
    },
  ])
}

/** Returns what each request of a service is for. @throws {TcomposeError} As `resolveDevices`. */
export function resolveRequests(service: DeviceWishes, sources: DeviceSources): readonly RequestOutcome[] {
  const finder = new DeviceFinder(sources)
  return (service.deviceRequests ?? []).map(request => resolveOrLeaveOut(service, request, finder))
}

function resolveOrLeaveOut(
  { name }: DeviceWishes,
  request: DeviceRequest,
  finder: DeviceFinder,
): RequestOutcome {
  try {
    const resolved = resolveRequest(request, finder)
    cdiDevices(resolved.selections)
    return { kind: 'resolved', request, resolved }
  } catch (error) {
    if (request.required || !(error instanceof TcomposeError)) throw error
    const notice = `Service "${name}" runs without a device that it does not require: ${error.message}`
    return { kind: 'left-out', request, notice }
  }
}

/** Returns why the devices of a service cannot be had, once for each; changes nothing. */
export function deviceProblems(service: DeviceWishes, sources: DeviceSources): readonly TcomposeError[] {
  return problemsOfEach(service, wish => resolveDevices(wish, sources))
}
