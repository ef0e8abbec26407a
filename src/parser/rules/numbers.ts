import type { Diagnostic } from '../../base/diagnostic.ts'
import { entriesOf, type MapNode, type Node, nodeAt } from '../document/node.ts'
import { eachService, entriesAt, errorAt, numberAt, type Rule } from './rule-context.ts'

interface Bounds {
  readonly path: readonly string[]
  readonly least: number
  readonly most: number
  readonly expected: string
}

const NO_LIMIT = Number.MAX_SAFE_INTEGER
const NOT_NEGATIVE = { least: 0, most: NO_LIMIT, expected: '0 or more' }

const BOUNDS: readonly Bounds[] = [
  { path: ['cpus'], ...NOT_NEGATIVE },
  { path: ['deploy', 'resources', 'limits', 'cpus'], ...NOT_NEGATIVE },
  { path: ['mem_limit'], ...NOT_NEGATIVE },
  { path: ['mem_reservation'], ...NOT_NEGATIVE },
  { path: ['memswap_limit'], least: -1, most: NO_LIMIT, expected: 'a size, or -1 for no limit' },
  { path: ['shm_size'], ...NOT_NEGATIVE },
  { path: ['deploy', 'resources', 'limits', 'memory'], ...NOT_NEGATIVE },
  { path: ['deploy', 'resources', 'reservations', 'memory'], ...NOT_NEGATIVE },
  { path: ['pids_limit'], least: -1, most: NO_LIMIT, expected: 'a count, or -1 for no limit' },
  {
    path: ['deploy', 'resources', 'limits', 'pids'],
    least: -1,
    most: NO_LIMIT,
    expected: 'a count, or -1 for no limit',
  },
  { path: ['cpu_shares'], ...NOT_NEGATIVE },
  { path: ['cpu_quota'], least: -1, most: NO_LIMIT, expected: 'microseconds, or -1 for no limit' },
  { path: ['cpu_period'], least: 1000, most: 1_000_000, expected: '1000 to 1000000 microseconds' },
  { path: ['cpu_rt_period'], least: 0, most: 1_000_000, expected: '1 to 1000000 microseconds' },
  { path: ['cpu_rt_runtime'], ...NOT_NEGATIVE },
  { path: ['mem_swappiness'], least: 0, most: 100, expected: '0 to 100' },
  { path: ['oom_score_adj'], least: -1000, most: 1000, expected: '-1000 to 1000' },
  { path: ['healthcheck', 'retries'], ...NOT_NEGATIVE },
  { path: ['deploy', 'restart_policy', 'max_attempts'], ...NOT_NEGATIVE },
]

/** An option of networks. The least that IPv4 allows (RFC 791) and the most that the kernel takes. */
const MTU: Bounds = {
  path: ['driver_opts', 'com.docker.network.driver.mtu'],
  least: 68,
  most: 65_535,
  expected: '68 to 65535 bytes',
}

/** Numbers lie within what they mean. */
export const checkNumbers: Rule = input => [
  ...eachService(input, (service, name) => [
    ...BOUNDS.flatMap(bounds => outOfBounds(service, bounds, `service "${name}"`)),
    ...ulimits(service, name),
    ...realtime(service, name),
  ]),
  ...[...entriesAt(input.document, 'networks')].flatMap(([name, { value }]) => mtu(value, name)),
]

function outOfBounds(
  owner: MapNode,
  { path, least, most, expected }: Bounds,
  of: string,
): readonly Diagnostic[] {
  const node = nodeAt(owner, path)
  if (node?.kind !== 'scalar' || node.value === null) return []
  const value = Number(node.value)
  if (Number.isNaN(value) || (value >= least && value <= most)) return []
  const message = `Cannot use "${path.join('.')}" of ${of}: it is ${node.value}, expected ${expected}`
  return [errorAt(node, 'bad-value', { message })]
}

/** Options are texts to the schema. */
function mtu(network: Node, name: string): readonly Diagnostic[] {
  const node = nodeAt(network, MTU.path)
  if (network.kind !== 'map' || node?.kind !== 'scalar') return []
  const text = String(node.value)
  if (/^\d+$/.test(text)) return outOfBounds(network, MTU, `network "${name}"`)
  const message = `Cannot use "${MTU.path.join('.')}" of network "${name}": it is "${text}", expected ${MTU.expected}`
  return [errorAt(node, 'bad-value', { message })]
}

function ulimits(service: MapNode, name: string): readonly Diagnostic[] {
  return [...entriesAt(service, 'ulimits')].flatMap(([limit, { value }]) => {
    const soft = limitOf(entriesOf(value).get('soft')?.value)
    const hard = limitOf(entriesOf(value).get('hard')?.value)
    if (soft === undefined || hard === undefined || soft <= hard) return []
    const message = `Cannot use ulimit "${limit}" of service "${name}": its soft limit is above the hard one`
    return [errorAt(value, 'bad-value', { message })]
  })
}

function realtime(service: MapNode, name: string): readonly Diagnostic[] {
  const node = nodeAt(service, ['cpu_rt_runtime'])
  const runtime = numberAt(service, 'cpu_rt_runtime') ?? 0
  const period = numberAt(service, 'cpu_rt_period') ?? 1_000_000
  if (node === undefined || period === 0 || runtime <= period) return []
  const message = `Cannot use "cpu_rt_runtime" of service "${name}": it is ${runtime}, above the period of ${period}`
  return [errorAt(node, 'bad-value', { message })]
}

/** -1 means no limit. */
function limitOf(node: Node | undefined): number | undefined {
  if (node?.kind !== 'scalar' || typeof node.value !== 'number') return undefined
  return node.value === -1 ? Number.POSITIVE_INFINITY : node.value
}
