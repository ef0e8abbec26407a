import { hostText } from './container-words.ts'
import type { PortRow } from './port-rows.ts'

/** A shell variable, and the port that it is about. */
export interface PortVariable {
  readonly name: string
  readonly value: string
  readonly row: PortRow
}

/**
 * Returns three variables for each published port: `WEB_80_TCP` is address and port, `WEB_80_TCP_HOST` the one and
 * `WEB_80_TCP_PORT` the other. `WEB` is the service in upper case, with `_` for what no name of a variable has; replica 2 is
 * `WEB_2_80_TCP`, and a further host port of one container port `WEB_80_TCP_2`. A port on every address has that of
 * loopback, which a client can use; one of both families is IPv4.
 */
export function portVariables(rows: readonly PortRow[]): readonly PortVariable[] {
  const counts = new Map<string, number>()
  return rows
    .filter(row => !rows.some(other => isTwin(row, other)))
    .flatMap(row => {
      const key = [row.container, row.target, row.protocol].join('/')
      const count = (counts.get(key) ?? 0) + 1
      counts.set(key, count)
      const name = `${baseName(row)}${count === 1 ? '' : `_${count}`}`
      const host = reachable(row.hostIp)
      return [
        { name, value: hostText({ ...row, hostIp: host }), row },
        { name: `${name}_HOST`, value: host, row },
        { name: `${name}_PORT`, value: String(row.hostPort), row },
      ]
    })
}

/** Returns the two variables that have one name, if there are any. */
export function sameNamed(
  variables: readonly PortVariable[],
): readonly [PortVariable, PortVariable] | undefined {
  const seen = new Map<string, PortVariable>()
  for (const variable of variables) {
    const earlier = seen.get(variable.name)
    if (earlier !== undefined) return [earlier, variable]
    seen.set(variable.name, variable)
  }
  return undefined
}

/** Returns an assignment for `eval` of any POSIX shell. */
export function assignment({ name, value }: PortVariable): string {
  return `${name}=${/^[\w.:-]+$/.test(value) ? value : `'${value.replaceAll("'", String.raw`'\''`)}'`}\n`
}

/** The entry of IPv6 that publishes the same port on every address as one of IPv4. */
function isTwin(row: PortRow, other: PortRow): boolean {
  return (
    row.hostIp === '::' &&
    other.hostIp === '0.0.0.0' &&
    row.container === other.container &&
    row.target === other.target &&
    row.protocol === other.protocol &&
    row.hostPort === other.hostPort
  )
}

function baseName({ service, replica, target, protocol }: PortRow): string {
  const name = service.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')
  const safe = /^\d/.test(name) ? `_${name}` : name
  return [safe, ...(replica === 1 ? [] : [replica]), target, protocol.toUpperCase()].join('_')
}

function reachable(hostIp: string): string {
  if (hostIp === '0.0.0.0' || hostIp === '') return '127.0.0.1'
  return hostIp === '::' ? '::1' : hostIp
}
