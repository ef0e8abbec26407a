import type { ObservedContainer } from '../../app/index.ts'
import { commandText, portsText, reachablePorts, statusText } from './container-words.ts'
import { humanDuration } from './human-duration.ts'
import { textTable } from './text-table.ts'

const HEADINGS = ['NAME', 'IMAGE', 'COMMAND', 'SERVICE', 'CREATED', 'STATUS', 'PORTS']

export interface PsTableOptions {
  /** Milliseconds since the epoch. */
  readonly now: number
  /** Do not truncate commands. */
  readonly isWhole: boolean
}

/** Returns the table that `ps` prints. */
export function psTable(containers: readonly ObservedContainer[], { now, isWhole }: PsTableOptions): string {
  const rows = containers.map(container => [
    container.name,
    container.image,
    commandText(container.command, isWhole),
    container.service,
    `${humanDuration(now - container.createdAt)} ago`,
    statusText(container, now),
    portsText({ ...container, ports: reachablePorts(container) }),
  ])
  return textTable([HEADINGS, ...rows])
}
