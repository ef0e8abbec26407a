import type { ContainerEvent } from '../../app/index.ts'
import { safeJson, safeLine } from './safe-text.ts'

/** Returns an event in docker compose's words, with the time of this machine's zone. */
export function eventText({ time, action, id, attributes }: ContainerEvent): string {
  const listed = sorted(attributes).map(([name, value]) => `${name}=${value}`)
  return safeLine(`${localTime(time)} container ${action} ${id} (${listed.join(', ')})`)
}

/** Returns an event as the object that docker compose writes. */
export function eventJson({ time, action, id, service, attributes }: ContainerEvent): string {
  return safeJson({
    action,
    attributes: Object.fromEntries(sorted(attributes)),
    id,
    service,
    time: new Date(time).toISOString(),
    type: 'container',
  })
}

function sorted(attributes: ReadonlyMap<string, string>): readonly (readonly [string, string])[] {
  return [...attributes].toSorted(([a], [b]) => (a < b ? -1 : 1))
}

/** E.g. `2026-11-23 15:04:05.000000`. */
function localTime(milliseconds: number): string {
  const date = new Date(milliseconds)
  const local = new Date(milliseconds - date.getTimezoneOffset() * 60_000)
  return `${local.toISOString().slice(0, 23).replace('T', ' ')}000`
}
