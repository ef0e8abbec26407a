import { readdirSync } from 'node:fs'

/** What a process holds while it does nothing. */
export interface Holdings {
  readonly descriptors: number
  readonly resources: ReadonlyMap<string, number>
}

/** Returns what this process holds now. */
export function holdings(): Holdings {
  const resources = new Map<string, number>()
  for (const kind of process.getActiveResourcesInfo()) resources.set(kind, (resources.get(kind) ?? 0) + 1)
  return { descriptors: readdirSync('/proc/self/fd').length, resources }
}

/** Descriptors that are opened once, when something is first used. */
const SPARE_DESCRIPTORS = 8

/** Returns what of `now` is beyond `idle`, in words for a log; empty if nothing is. */
export function leftovers(now: Holdings, idle: Holdings): readonly string[] {
  const kinds = [...now.resources].filter(([kind, count]) => count > (idle.resources.get(kind) ?? 0))
  const opened = now.descriptors - idle.descriptors
  return [
    ...kinds.map(([kind, count]) => `${count - (idle.resources.get(kind) ?? 0)} ${kind}`),
    ...(opened > SPARE_DESCRIPTORS ? [`${opened} descriptors`] : []),
  ]
}
