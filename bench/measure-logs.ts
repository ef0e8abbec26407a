import type { BenchProject } from './project.ts'
import type { Sample } from './samples.ts'
import type { Tool } from './tool.ts'

/** Count of services of the project; one of them writes. */
export const LOG_SIZE = 2

const PROJECT: BenchProject = { name: 'tcbenchlog', size: LOG_SIZE, writtenBytes: 300_000_000 }

/**
 * Measures the `up` of a service that waits for another one to have written 300 MB, in turn for each of `tools`. The first
 * run of each is not counted.
 */
export async function measureLogs(
  tools: readonly Tool[],
  { runs, onProgress }: { readonly runs: number; readonly onProgress: (text: string) => void },
): Promise<readonly Sample[]> {
  const samples: Sample[] = []
  for (let run = 0; run <= runs; run += 1) {
    for (const tool of tools) {
      onProgress(`300 MB of output, run ${run}: ${tool.name}`)
      const sample = await sampleOf(tool)
      if (run > 0 || sample.kind === 'failed') samples.push(sample)
    }
  }
  return samples
}

async function sampleOf(tool: Tool): Promise<Sample> {
  const place = { tool: tool.name, work: 'log-throughput', size: LOG_SIZE } as const
  try {
    return { kind: 'measured', ...place, value: await tool.compose(PROJECT, ['up', '-d']) }
  } catch (error) {
    return { kind: 'failed', ...place, reason: error instanceof Error ? error.message : String(error) }
  } finally {
    await tool.compose(PROJECT, ['down']).catch(() => 0)
  }
}
