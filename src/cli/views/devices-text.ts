import type { DeviceForecast } from '../../app/index.ts'
import { safeText } from './safe-text.ts'
import { textTable } from './text-table.ts'

/** Returns what the requests of services are for, a line each; nothing where there are none. */
export function devicesText(devices: readonly DeviceForecast[]): string {
  const rows = devices.flatMap(({ service, requests }) =>
    requests.map(({ origin, devices: names, source }) => [
      `  ${service}`,
      keyOf(origin, service),
      names.join(', '),
      `(${source})`,
    ]),
  )
  return rows.length === 0 ? '' : safeText(`\nDevices:\n${textTable(rows)}`)
}

/** Returns the same for programs. */
export function devicesJson(devices: readonly DeviceForecast[]): readonly object[] {
  return devices.map(({ service, requests }) => ({ service, requests }))
}

/** `services.web.gpus.0` is `gpus[0]` of its service. */
function keyOf(origin: string, service: string): string {
  return origin.slice(`services.${service}.`.length).replace(/\.(\d+)$/, '[$1]')
}
