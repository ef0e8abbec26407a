import { TcomposeError } from '../../../base/tcompose-error.ts'
import type { DeviceForecast } from '../../device-inspector.ts'
import type { DeviceSources } from '../host/device-sources.ts'
import type { DeviceWishes } from './container-devices.ts'
import { deviceProblems, type RequestOutcome, resolveRequests } from './resolve-devices.ts'

/** Returns what `service` would get of the devices that it asks for. */
export function forecastDevices(service: DeviceWishes, sources: DeviceSources): DeviceForecast {
  const outcomes = (service.deviceRequests ?? []).flatMap(request => outcomeOf(service, request, sources))
  return {
    service: service.name,
    requests: outcomes.flatMap(outcome =>
      outcome.kind === 'resolved'
        ? [
            {
              origin: outcome.request.origin,
              devices: outcome.resolved.names,
              source: outcome.resolved.source,
            },
          ]
        : [],
    ),
    problems: deviceProblems(service, sources),
    notices: outcomes.flatMap(outcome => (outcome.kind === 'left-out' ? [outcome.notice] : [])),
  }
}

/** What cannot be had is a problem, and no outcome. */
function outcomeOf(
  { name }: DeviceWishes,
  request: NonNullable<DeviceWishes['deviceRequests']>[number],
  sources: DeviceSources,
): readonly RequestOutcome[] {
  try {
    return resolveRequests({ name, deviceRequests: [request] }, sources)
  } catch (error) {
    if (error instanceof TcomposeError) return []
    throw error
  }
}
