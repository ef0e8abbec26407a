import type { StatsSample } from '../../app/stats.ts'
import { humanSize } from './human-size.ts'

/** What a container uses, in docker's fields and words. */
export interface StatsRow {
  readonly BlockIO: string
  readonly CPUPerc: string
  readonly Container: string
  readonly ID: string
  readonly MemPerc: string
  readonly MemUsage: string
  readonly Name: string
  readonly NetIO: string
  readonly PIDs: string
}

/** What templates of `stats` may name. */
export const STATS_FIELDS: readonly (keyof StatsRow)[] = [
  ...(['BlockIO', 'CPUPerc', 'Container', 'ID', 'MemPerc', 'MemUsage', 'Name', 'NetIO', 'PIDs'] as const),
]

/** The headings of docker for them. */
export const STATS_HEADINGS: Readonly<Record<string, string>> = {
  BlockIO: 'BLOCK I/O',
  CPUPerc: 'CPU %',
  ID: 'CONTAINER ID',
  MemPerc: 'MEM %',
  MemUsage: 'MEM USAGE / LIMIT',
  NetIO: 'NET I/O',
  PIDs: 'PIDS',
}

const COLUMNS: readonly (keyof StatsRow)[] = [
  ...(['ID', 'Name', 'CPUPerc', 'MemUsage', 'MemPerc', 'NetIO', 'BlockIO', 'PIDs'] as const),
]

/**
 * Returns what `sample` shows. The share of a processor is counted from `before`, an earlier look at the same container, and is not
 * known without one.
 */
export function statsRow(sample: StatsSample, before: StatsSample | undefined, isWhole: boolean): StatsRow {
  const { container, usage } = sample
  const id = isWhole ? container.id : container.id.slice(0, 12)
  const names = { Container: id, ID: id, Name: container.name }
  if (usage === undefined) {
    return {
      ...names,
      BlockIO: '0B / 0B',
      CPUPerc: '0.00%',
      MemPerc: '0.00%',
      MemUsage: '0B / 0B',
      NetIO: '0B / 0B',
      PIDs: '0',
    }
  }
  const { memoryBytes, memoryLimitBytes, network, block, pids } = usage
  return {
    ...names,
    BlockIO: `${humanSize(block.read)} / ${humanSize(block.written)}`,
    CPUPerc: processorShare(usage, before?.usage),
    MemPerc: percent(memoryLimitBytes === 0 ? 0 : memoryBytes / memoryLimitBytes),
    MemUsage: `${binarySize(memoryBytes)} / ${binarySize(memoryLimitBytes)}`,
    NetIO: `${humanSize(network.received)} / ${humanSize(network.sent)}`,
    PIDs: String(pids),
  }
}

/** Returns headings and cells of a table. */
export function statsTable(rows: readonly StatsRow[]): readonly (readonly string[])[] {
  return [
    COLUMNS.map(field => STATS_HEADINGS[field] ?? field.toUpperCase()),
    ...rows.map(row => COLUMNS.map(field => row[field])),
  ]
}

type Usage = NonNullable<StatsSample['usage']>

/** 100% is one processor. A container that was started again counts from zero. */
function processorShare(usage: Usage, before: Usage | undefined): string {
  if (before === undefined) return '--'
  const spent = usage.cpuNs - before.cpuNs
  const passed = usage.takenAtNs - before.takenAtNs
  return percent(passed <= 0 || spent < 0 ? 0 : spent / passed)
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)}%`
}

const BINARY_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB']

/** Powers of 1024 and four digits, e.g. `1.953MiB`. */
function binarySize(bytes: number): string {
  let count = bytes
  let unit = 0
  while (count >= 1024 && unit < BINARY_UNITS.length - 1) {
    count /= 1024
    unit += 1
  }
  return `${Number(count.toPrecision(4))}${BINARY_UNITS[unit]}`
}
