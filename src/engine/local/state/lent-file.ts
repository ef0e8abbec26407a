import { existsSync } from 'node:fs'

const ENDING = '.lent'

/** Returns where it is written down which interfaces of the host the container of a namespace file has. */
export function lentFileOf(netns: string): string {
  return `${netns}${ENDING}`
}

/** Returns the name of the namespace file beside which `name` is; undefined if that is no such file. */
export function namespaceOf(name: string): string | undefined {
  return name.endsWith(ENDING) ? name.slice(0, -ENDING.length) : undefined
}

/** Tells whether the container of a namespace file has interfaces of the host. */
export function hasLentInterfaces(netns: string): boolean {
  return existsSync(lentFileOf(netns))
}
