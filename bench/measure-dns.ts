import { type ExecMeasurement, measureExecs } from './measure-execs.ts'
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

/** Measures how long a container waits for answers of the embedded DNS about the name of another. */
export function measureDns(
  tools: readonly Tool[],
  { works, ...how }: { readonly works: readonly Work[] } & Pick<ExecMeasurement, 'runs' | 'onProgress'>,
): Promise<readonly Sample[]> {
  const asked = works.filter(isDnsWork).map(work => {
    const { queries, outstanding } = ASKED[work]
    return { work, command: () => ['s1', `/${DNS_CLIENT}`, 's2', String(queries), String(outstanding)] }
  })
  return measureExecs(tools, { ...how, works: asked, projectOf: () => PROJECT })
}

function isDnsWork(work: Work): work is DnsWork {
  return DNS_WORKS.has(work)
}
