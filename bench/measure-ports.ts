import type { BenchProject } from './project.ts'
import type { Sample, Work } from './samples.ts'
import type { Tool } from './tool.ts'

/** Count of services of the project: one answers, and one asks from the host's network. */
export const PORTS_SIZE: number = 2

/** What answers and asks, in the image. */
export const PORT_CLIENT = 'port-client'

/** Where a published port is asked. */
const ADDRESSES: Readonly<Record<PortsWork, string>> = { 'port-ipv4': '127.0.0.1', 'port-ipv6': '::1' }
const REQUESTS = 200_000
const CONNECTIONS = 16
/** Tools that share the host's network have ports of their own, from this one on. */
const FIRST_PORT = 18_600

type PortsWork = Extract<Work, `port-${string}`>

/** Works that ask published ports. */
export const PORTS_WORKS: ReadonlySet<Work> = new Set(['port-ipv4', 'port-ipv6'])

/**
 * Measures how long a program of the host takes for 200,000 requests to a published port, by 16 connections, in turn for each
 * of `tools`. New connections would measure how many the kernel's tables still hold of the turns before. The time includes that of `exec`. The first run of each is not counted.
 */
export async function measurePorts(
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
  const asked = tools.map((tool, index) => ({ tool, project: projectOn(FIRST_PORT + index) }))
  try {
    for (const { tool, project } of asked) await tool.compose(project, ['up', '-d'])
    for (let run = 0; run <= runs; run += 1) {
      for (const work of works.filter(isPortsWork)) {
        for (const { tool, project } of asked) {
          onProgress(`${work}, run ${run}: ${tool.name}`)
          const sample = await sampleOf(tool, project, work)
          if (run > 0 || sample.kind === 'failed') samples.push(sample)
        }
      }
    }
    return samples
  } finally {
    for (const { tool, project } of asked) await tool.compose(project, ['down']).catch(() => 0)
  }
}

function projectOn(publishedPort: number): BenchProject & { readonly publishedPort: number } {
  return { name: `tcbenchports${publishedPort}`, size: PORTS_SIZE, publishedPort }
}

async function sampleOf(tool: Tool, project: ReturnType<typeof projectOn>, work: PortsWork): Promise<Sample> {
  const place = { tool: tool.name, work, size: PORTS_SIZE } as const
  const asked = [ADDRESSES[work], project.publishedPort, REQUESTS, CONNECTIONS].map(String)
  try {
    const value = await tool.compose(project, ['exec', '-T', 'asks', `/${PORT_CLIENT}`, 'ask', ...asked])
    return { kind: 'measured', ...place, value }
  } catch (error) {
    return { kind: 'failed', ...place, reason: error instanceof Error ? error.message : String(error) }
  }
}

function isPortsWork(work: Work): work is PortsWork {
  return PORTS_WORKS.has(work)
}
