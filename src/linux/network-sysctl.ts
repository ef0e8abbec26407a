import { readFileSync, writeFileSync } from 'node:fs'
import { errnoNameOf } from '../base/errno-name-of.ts'

const ROOT = '/proc/sys/net'

/**
 * Sets a network setting of the thread's namespace, e.g. `ipv4/ip_forward`. Writes only what differs, so it also works
 * where /proc/sys is read-only and the setting is right.
 */
export function setNetworkSysctl(name: string, value: string): void {
  if (readNetworkSysctl(name) !== value) writeFileSync(`${ROOT}/${name}`, value)
}

/** Returns a setting with tabs as spaces; undefined if the kernel has none of the name, or its interface has gone. */
export function readNetworkSysctl(name: string): string | undefined {
  try {
    return readFileSync(`${ROOT}/${name}`, 'utf8').trim().replaceAll('\t', ' ')
  } catch (error) {
    if (errnoNameOf(error) === 'ENOENT') return undefined
    throw error
  }
}
