import type { BenchProject } from './project.ts'
import type { Sample, Work } from './samples.ts'
import type { Tool } from './tool.ts'

/** Count of services of the project; the first asks for the second. */
export const DNS_SIZE: number = 2

const PROJECT: BenchProject = { name: 'tcbenchdns', size: DNS_SIZE, isUnlimited: true }
/** What asks, in the image. */
export const DNS_CLIENT = 'dns-client'

/** What is asked: so many queries, so many of them at a time. */
const ASKED: Readonly<Record<DnsWork, { readonly queries: number; readonly outstanding: number }>> = {
  'dns-rate': { queries: 100_000, outstanding: 32 },
  'dns-latency': { queries: 50_000, outstanding: 1 },
}

type DnsWork = Extract<Work, `dns-${string}`>

/** Works that ask for names. */
export const DNS_WORKS: ReadonlySet<Work> = new Set(['dns-rate', 'dns-latency'])

/**
 * Measures how long a container waits for answers of the embedded DNS about the name of another, in turn for each of `tools`.
 * The time includes that of `exec`. The first run of each is not counted.
 */
export async function measureDns(
  tools: readonly Tool[],
  {
    works,
    runs,
    onProgress,
  }: {
    readonly works: readonly Work[]
    readonly runs: number
    readonly onProgress: (text: string) => void
  },
): Promise<readonly Sample[]> {
  const samples: Sample[] = []
  try {
    for (const tool of tools) await tool.compose(PROJECT, ['up', '-d'])
    for (let run = 0; run <= runs; run += 1) {
      for (const work of works.filter(isDnsWork)) {
        for (const tool of tools) {
          onProgress(`${work}, run ${run}: ${tool.name}`)
          const sample = await sampleOf(tool, work)
          if (run > 0 || sample.kind === 'failed') samples.push(sample)
        }
      }
    }
    return samples
  } finally {
    for (const tool of tools) await tool.compose(PROJECT, ['down']).catch(() => 0)
  }
}

async function sampleOf(tool: Tool, work: DnsWork): Promise<Sample> {
  const place = { tool: tool.name, work, size: DNS_SIZE } as const
  const { queries, outstanding } = ASKED[work]
  const command = [`/${DNS_CLIENT}`, 's2', String(queries), String(outstanding)]
  try {
    return {
      kind: 'measured',
      ...place,
      value: await tool.compose(PROJECT, ['exec', '-T', 's1', ...command]),
    }
  } catch (error) {
    return { kind: 'failed', ...place, reason: error instanceof Error ? error.message : String(error) }
  }
}

function isDnsWork(work: Work): work is DnsWork {
  return DNS_WORKS.has(work)
}
