import type { ObservedContainer } from '../../app/index.ts'
import { compareText, reachablePorts } from './container-words.ts'

/** A port of a running container, and where the host has it. */
export interface PortRow {
  readonly service: string
  readonly container: string
  readonly replica: number
  readonly target: number
  readonly protocol: string
  readonly hostIp: string
  readonly hostPort: number
}

/** Returns the published ports of containers, those of each by container port, then in the order of the file. */
export function portRows(containers: readonly ObservedContainer[]): readonly PortRow[] {
  return containers.flatMap(container => {
    const { service, name, number } = container
    return reachablePorts(container)
      .toSorted((a, b) => a.target - b.target || compareText(a.protocol, b.protocol))
      .map(port => ({ service, container: name, replica: number, ...port }))
  })
}
