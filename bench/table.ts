import { assertNever } from '../src/base/assert-never.ts'
import { type Budget, FASTEST, type Row } from './budgets.ts'
import { BASELINE, COLD } from './contestants.ts'
import { FLOOR } from './floor-tool.ts'
import { BARE_NODE } from './measure-config.ts'
import { UNGRANTED } from './measure-granted.ts'
import { median } from './median.ts'
import { isMemory, type Sample, valuesOf, type Work } from './samples.ts'

const OURS = 'tcompose'

type Medians = Readonly<Record<string, number>>

/** One row, computed. Values are medians: milliseconds, or bytes where `isMemory`. */
export interface Result extends Row {
  readonly medians: Medians
  /** tcompose's median as a share of each peer's. */
  readonly ratios: Readonly<Record<string, number>>
  /** Undefined if there is nothing to compare with. */
  readonly met: boolean | undefined
}

/** Computes medians and ratios of rows. */
export function computeResults(rows: readonly Row[], samples: readonly Sample[]): readonly Result[] {
  const tools = [...new Set(samples.map(({ tool }) => tool))]
  return rows.map(row => {
    const medians = Object.fromEntries(
      tools
        .map(tool => [tool, median(valuesOf(samples, { tool, work: row.work, size: row.size }))] as const)
        .filter(([, value]) => !Number.isNaN(value)),
    )
    const ours = medians[OURS]
    const peers = Object.entries(medians).filter(([tool]) => tool !== OURS && ours !== undefined)
    const ratios = Object.fromEntries(peers.map(([tool, value]) => [tool, (ours ?? 0) / value]))
    return { ...row, medians, ratios, met: isMet(row.budget, medians) }
  })
}

function isMet(budget: Budget, medians: Medians): boolean | undefined {
  const ours = medians[OURS]
  const most = mostOf(budget, medians)
  return ours === undefined || most === undefined ? undefined : ours <= most
}

function mostOf(budget: Budget, medians: Medians): number | undefined {
  switch (budget.kind) {
    case 'share': {
      const judge = budget.of === FASTEST ? fastestOf(medians) : medians[budget.of]
      return judge === undefined ? undefined : judge * budget.share
    }
    case 'above': {
      const judge = medians[budget.of]
      return judge === undefined ? undefined : judge + budget.ms
    }
    case 'bytes':
      return budget.bytes
    case 'none':
      return undefined
    default:
      return assertNever(budget)
  }
}

function fastestOf(medians: Medians): number | undefined {
  const others = Object.entries(medians).filter(
    ([tool]) => ![OURS, COLD, BASELINE, BARE_NODE, UNGRANTED, FLOOR].includes(tool),
  )
  return others.length === 0 ? undefined : Math.min(...others.map(([, value]) => value))
}

/** Returns the results as text, one line each, columns aligned. `sizes` names what the sizes count. */
export function formatResults(results: readonly Result[], sizes: string): string {
  const tools = [...new Set(results.flatMap(({ medians }) => Object.keys(medians)))]
  const peers = tools.filter(tool => tool !== OURS)
  const head = ['work', sizes, ...tools, ...peers.map(peer => `ours / ${peer}`), 'budget', '']
  const body = results.map(result => [
    result.work,
    String(result.size),
    ...tools.map(tool => formatValue(result.work, result.medians[tool])),
    ...peers.map(peer => formatRatio(result.ratios[peer])),
    formatBudget(result.budget),
    result.met === undefined ? '' : result.met ? 'met' : 'MISSED',
  ])
  return alignColumns([head, ...body])
}

/**
 * Returns the time that one more service adds to `up`, from size to size; constant means that no step grows with what
 * already exists.
 */
export function formatServiceCosts(sizes: readonly number[], results: readonly Result[]): string {
  const ups = sizes.flatMap(size => {
    const ms = results.find(({ work, size: other }) => work === 'up' && other === size)?.medians[OURS]
    return ms === undefined ? [] : [{ size, ms }]
  })
  return ups
    .slice(1)
    .map(({ size, ms }, index) => {
      const from = ups[index] ?? { size: 0, ms: 0 }
      return `one more service, from ${from.size} to ${size}: ${((ms - from.ms) / (size - from.size)).toFixed(2)} ms`
    })
    .join('\n')
}

function formatValue(work: Work, value: number | undefined): string {
  if (value === undefined) return '-'
  return isMemory(work) ? `${(value / 1e6).toFixed(1)} MB` : `${value.toFixed(value < 100 ? 1 : 0)} ms`
}

function formatBudget(budget: Budget): string {
  switch (budget.kind) {
    case 'share':
      return formatRatio(budget.share)
    case 'above':
      return `${budget.of} + ${budget.ms} ms`
    case 'bytes':
      return `${(budget.bytes / 1e6).toFixed(0)} MB`
    case 'none':
      return '-'
    default:
      return assertNever(budget)
  }
}

function formatRatio(ratio: number | undefined): string {
  if (ratio === undefined) return '-'
  return ratio > 0.5 ? ratio.toFixed(2) : `1/${(1 / ratio).toFixed(1)}`
}

function alignColumns(table: readonly (readonly string[])[]): string {
  const widths = table[0]?.map((_, column) => Math.max(...table.map(row => row[column]?.length ?? 0))) ?? []
  return table
    .map(row =>
      row.map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
      ),
    )
    .map(row => row.join('  ').trimEnd())
    .join('\n')
}
