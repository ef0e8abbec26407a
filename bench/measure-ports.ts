import { type ExecMeasurement, measureExecs } from './measure-execs.ts'
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
 * Measures how long a program of the host takes for 200,000 requests to a published port, by 16 connections. New connections
 * would measure how many the kernel's tables still hold of the turns before.
 */
export function measurePorts(
  tools: readonly Tool[],
  { works, ...how }: { readonly works: readonly Work[] } & Pick<ExecMeasurement, 'runs' | 'onProgress'>,
): Promise<readonly Sample[]> {
  const asked = works.filter(isPortsWork).map(work => ({
    work,
    command: ({ publishedPort = 0 }: { readonly publishedPort?: number }) => [
      ...['asks', `/${PORT_CLIENT}`, 'ask', ADDRESSES[work]],
      ...[publishedPort, REQUESTS, CONNECTIONS].map(String),
    ],
  }))
  const projectOf = (index: number) => {
    const publishedPort = FIRST_PORT + index
    return { name: `tcbenchports${publishedPort}`, size: PORTS_SIZE, publishedPort }
  }
  return measureExecs(tools, { ...how, works: asked, projectOf })
}

function isPortsWork(work: Work): work is PortsWork {
  return PORTS_WORKS.has(work)
}
