import { readFileSync } from 'node:fs'

/**
 * Returns the names of the network interfaces of this process's network namespace.
 *
 * proc_pid_net(5): `dev` has two heading lines, then one line for each interface. /sys/class/net would show the
 * namespace in which sysfs was mounted.
 */
export function readInterfaceNames(): ReadonlySet<string> {
  return parseInterfaceNames(readFileSync('/proc/self/net/dev', 'utf8'))
}

export function parseInterfaceNames(text: string): ReadonlySet<string> {
  const lines = text.split('\n').slice(2)
  return new Set(
    lines.flatMap(line => (line.includes(':') ? [line.slice(0, line.lastIndexOf(':')).trim()] : [])),
  )
}
