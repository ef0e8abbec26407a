import { setTimeout as delay } from 'node:timers/promises'
import type { BenchProject } from './project.ts'
import type { Sample, Work } from './samples.ts'
import type { Tool } from './tool.ts'

/** How much to measure. */
export interface Measurement {
  readonly sizes: readonly number[]
  readonly works: readonly Work[]
  readonly runs: number
  /** Called with each step of the measurement. */
  readonly onProgress: (text: string) => void
}

/** Size at which memory and the short commands are measured. */
export const REFERENCE_SIZE = 10

/**
 * Measures tools in turn: every run takes each tool through the life of a project, so that a busy machine slows all of
 * them alike. A first run of each tool, not counted, warms caches and unpacks images.
 */
export async function measure(tools: readonly Tool[], measurement: Measurement): Promise<readonly Sample[]> {
  const samples: Sample[] = []
  for (const tool of tools) await runLife({ tool, size: 1, measurement })
  for (const size of measurement.sizes) {
    for (let run = 0; run < runsAt(size, measurement); run += 1) {
      for (const tool of rotated(tools, run).filter(({ maxSize }) => size <= maxSize)) {
        measurement.onProgress(`${size} services, run ${run + 1}: ${tool.name}`)
        samples.push(...(await runLife({ tool, size, measurement })))
      }
    }
  }
  return samples
}

function runsAt(size: number, { runs }: Measurement): number {
  return size > 50 ? Math.min(runs, 3) : runs
}

function rotated<T>(items: readonly T[], by: number): readonly T[] {
  const start = by % Math.max(items.length, 1)
  return [...items.slice(start), ...items.slice(0, start)]
}

interface Life {
  readonly tool: Tool
  readonly size: number
  readonly measurement: Measurement
}

async function runLife({ tool, size, measurement }: Life): Promise<readonly Sample[]> {
  const project: BenchProject = { name: `tcbench${size}`, size }
  const samples: Sample[] = []
  let current: Work = 'up'
  try {
    for (const [work, run] of stepsOf(tool, project)) {
      if (tool.works?.has(work) === false) continue
      current = work
      if (isWanted(work, size, measurement)) {
        samples.push({ kind: 'measured', tool: tool.name, work, size, value: await run() })
      }
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    samples.push({ kind: 'failed', tool: tool.name, work: current, size, reason })
    await tool.compose(project, ['down']).catch(() => 0)
  }
  return samples
}

function isWanted(work: Work, size: number, { works }: Measurement): boolean {
  if (work === 'up' || work === 'down') return true
  if (work === 'up-again') return works.includes(work)
  return works.includes(work) && size === REFERENCE_SIZE
}

function stepsOf(
  tool: Tool,
  project: BenchProject,
): ReadonlyArray<readonly [Work, () => Promise<number> | number]> {
  return [
    ['up', () => tool.compose(project, ['up', '-d'])],
    ['ps', () => tool.compose(project, ['ps'])],
    ['exec', () => tool.compose(project, ['exec', '-T', 's1', 'true'])],
    ['run', () => tool.compose(project, ['run', '--rm', '-T', 's1', 'true'])],
    ['memory', () => settledBytes(tool)],
    ['up-again', () => tool.compose(project, ['up', '-d'])],
    ['down', () => tool.compose(project, ['down'])],
  ]
}

/** What a tool keeps while nothing happens: processes that end by themselves have had the time to. */
const SETTLED_MS = 6000

async function settledBytes(tool: Tool): Promise<number> {
  await delay(SETTLED_MS)
  return tool.residentBytes()
}
