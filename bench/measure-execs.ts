import type { BenchProject } from './project.ts'
import type { Sample, Work } from './samples.ts'
import type { Tool } from './tool.ts'

/** What a program does in a container of a project. */
export interface ExecWork {
  readonly work: Work
  /** The service and the command, for `exec`. */
  readonly command: (project: BenchProject) => readonly string[]
}

export interface ExecMeasurement {
  readonly works: readonly ExecWork[]
  /** The project of a tool; those that share a network of the host have one each. */
  readonly projectOf: (index: number) => BenchProject
  readonly runs: number
  readonly onProgress: (text: string) => void
}

/**
 * Measures commands by `exec` in projects that run, in turn for each of `tools`. The time includes that of `exec`. The first run of
 * each is not counted.
 */
export async function measureExecs(
  tools: readonly Tool[],
  { works, projectOf, runs, onProgress }: ExecMeasurement,
): Promise<readonly Sample[]> {
  const samples: Sample[] = []
  const turns = tools.map((tool, index) => ({ tool, project: projectOf(index) }))
  try {
    for (const { tool, project } of turns) await tool.compose(project, ['up', '-d'])
    for (let run = 0; run <= runs; run += 1) {
      for (const { work, command } of works) {
        for (const { tool, project } of turns) {
          onProgress(`${work}, run ${run}: ${tool.name}`)
          const sample = await sampleOf({ tool, project, work, command: command(project) })
          if (run > 0 || sample.kind === 'failed') samples.push(sample)
        }
      }
    }
    return samples
  } finally {
    for (const { tool, project } of turns) await tool.compose(project, ['down']).catch(() => 0)
  }
}

interface Turn {
  readonly tool: Tool
  readonly project: BenchProject
  readonly work: Work
  readonly command: readonly string[]
}

async function sampleOf({ tool, project, work, command }: Turn): Promise<Sample> {
  const place = { tool: tool.name, work, size: project.size } as const
  try {
    return { kind: 'measured', ...place, value: await tool.compose(project, ['exec', '-T', ...command]) }
  } catch (error) {
    return { kind: 'failed', ...place, reason: error instanceof Error ? error.message : String(error) }
  }
}
