import type { Contestant } from '../contestants.ts'
import { BARE_NODE } from '../measure-config.ts'
import { runTimed } from '../run-timed.ts'
import type { Sample, Work } from '../samples.ts'
import { startBenchRegistry } from './bench-registry.ts'
import { findPeerPullers } from './peer-pullers.ts'
import { pullImageLayout } from './pull-image-layout.ts'
import { PULL_IMAGES } from './pull-image-shape.ts'
import type { PullTool } from './pull-tool.ts'
import { tcomposePuller } from './tcompose-puller.ts'

/** How much to pull. */
export interface PullMeasurement {
  /** Counts of layers of the images. */
  readonly layers: readonly number[]
  /** Builds of tcompose. */
  readonly builds: readonly Contestant[]
  readonly runs: number
  readonly onProgress: (text: string) => void
}

/** The results, and the peers that could not be measured. */
export interface MeasuredPulls {
  readonly samples: readonly Sample[]
  readonly absent: readonly string[]
}

/**
 * Lets tcompose, docker and podman pull images in turn, each time one that none of them has seen, and again when they
 * have it. Pulled images stay until the end: the disk work of removing them would slow the next pull.
 */
export async function measurePulls({
  layers,
  builds,
  runs,
  onProgress,
}: PullMeasurement): Promise<MeasuredPulls> {
  await using registry = await startBenchRegistry()
  const found = await findPeerPullers(registry.theirs)
  const peers = found.flatMap(entry => (entry.kind === 'found' ? [entry.tool] : []))
  const tools = [...builds.map(build => tcomposePuller(build, registry.ours)), ...peers]
  const samples: Sample[] = []
  try {
    for (const size of layers) {
      const layout = await pullImageLayout(PULL_IMAGES.get(size) ?? [])
      for (let run = 0; run < runs; run += 1) {
        const tag = await registry.pushUnseen(layout)
        for (const tool of rotated(tools, run)) {
          onProgress(`image of ${size} layers, run ${run + 1}: ${tool.name}`)
          samples.push(...(await samplesOf(tool, size, tag)))
        }
        samples.push(measured('re-pull', { tool: BARE_NODE, size, value: await bareNode() }))
      }
    }
  } finally {
    for (const tool of tools) await tool.dispose()
  }
  const absent = found.flatMap(entry => (entry.kind === 'absent' ? [`${entry.name}: ${entry.reason}`] : []))
  return { samples, absent }
}

async function samplesOf(tool: PullTool, size: number, tag: string): Promise<readonly Sample[]> {
  // What other tools wrote must be on disk before this one is measured.
  await runTimed({ command: ['sync'] })
  try {
    const { ms, peakBytes } = await tool.pull(tag)
    const again = await tool.pull(tag)
    const place = { tool: tool.name, size }
    return [
      measured('pull', { ...place, value: ms }),
      measured('re-pull', { ...place, value: again.ms }),
      ...(peakBytes === undefined ? [] : [measured('pull-memory', { ...place, value: peakBytes })]),
    ]
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return [{ kind: 'failed', tool: tool.name, work: 'pull', size, reason }]
  }
}

function measured(
  work: Work,
  sample: { readonly tool: string; readonly size: number; readonly value: number },
): Sample {
  return { kind: 'measured', work, ...sample }
}

async function bareNode(): Promise<number> {
  return await runTimed({ command: [process.execPath, '-e', '0'] })
}

function rotated<T>(items: readonly T[], by: number): readonly T[] {
  const start = by % Math.max(items.length, 1)
  return [...items.slice(start), ...items.slice(0, start)]
}
