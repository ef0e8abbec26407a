import type { TcomposeError } from '../base/tcompose-error.ts'
import type { DeviceForecast, Engine } from '../engine/engine.ts'
import type { Service } from '../model/service.ts'

/** What an engine has for services that ask for more than every engine has. */
export interface HostForecast {
  readonly devices: readonly DeviceForecast[]
  /** Why services cannot be run: devices, OCI runtimes and protocols that are not there. */
  readonly problems: readonly TcomposeError[]
}

/** Looks for what `services` need of the host; nothing is asked if they need nothing. */
export async function forecastHost(engine: Engine, services: readonly Service[]): Promise<HostForecast> {
  const devices = await ask(services.filter(asksForDevices), wishing => engine.devices.forecast(wishing))
  const runtimes = await ask(services.filter(asksForRuntime), wishing => engine.checkRuntimes(wishing))
  const ports = await ask(services.filter(asksForProtocol), wishing => engine.checkPorts(wishing))
  return { devices, problems: [...runtimes, ...ports, ...devices.flatMap(({ problems }) => problems)] }
}

/** Tells whether the host may lack something that a service needs. */
export function asksOfHost(service: Service): boolean {
  return asksForDevices(service) || asksForRuntime(service) || asksForProtocol(service)
}

async function ask<T>(
  wishing: readonly Service[],
  of: (wishing: readonly Service[]) => Promise<readonly T[]>,
): Promise<readonly T[]> {
  return wishing.length === 0 ? [] : await of(wishing)
}

function asksForDevices({ devices = [], deviceRequests = [] }: Service): boolean {
  return devices.length + deviceRequests.length > 0
}

function asksForRuntime({ runtime, isolation }: Service): boolean {
  return runtime !== undefined || isolation !== undefined
}

function asksForProtocol({ ports }: Service): boolean {
  return ports.some(({ protocol }) => protocol === 'sctp')
}
