import { REFERENCE_SIZE } from './measure.ts'
import type { BenchProject } from './project.ts'
import type { Sample } from './samples.ts'
import type { Tool } from './tool.ts'

/** The name of the row's yardstick: the same services without secrets, configs and devices. */
export const UNGRANTED = 'without'

/**
 * Measures the `up` of services that have two secrets, a config and a device each beside that of the same without them,
 * in turn, for the first of `tools`. The first run of each is not counted.
 */
export async function measureGranted(
  [tool]: readonly Tool[],
  { runs, onProgress }: { readonly runs: number; readonly onProgress: (text: string) => void },
): Promise<readonly Sample[]> {
  if (tool === undefined) return []
  const samples: Sample[] = []
  for (let run = 0; run <= runs; run += 1) {
    for (const [name, isGranted] of [
      [tool.name, true],
      [UNGRANTED, false],
    ] as const) {
      onProgress(`${REFERENCE_SIZE} services, run ${run}: ${name}`)
      const project = { name: `tcbench${isGranted ? 'granted' : 'plain'}`, size: REFERENCE_SIZE, isGranted }
      const sample = await sampleOf(tool, { name, project })
      if (run > 0 || sample.kind === 'failed') samples.push(sample)
    }
  }
  return samples
}

async function sampleOf(
  tool: Tool,
  { name, project }: { readonly name: string; readonly project: BenchProject },
): Promise<Sample> {
  const place = { tool: name, work: 'up-granted', size: project.size } as const
  try {
    return { kind: 'measured', ...place, value: await tool.compose(project, ['up', '-d']) }
  } catch (error) {
    return { kind: 'failed', ...place, reason: error instanceof Error ? error.message : String(error) }
  } finally {
    await tool.compose(project, ['down']).catch(() => 0)
  }
}
