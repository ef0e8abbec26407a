import type { Diagnostic } from '../../base/diagnostic.ts'
import { type MapNode, type Node, nodeAt } from '../document/node.ts'
import { eachService, errorAt, type Rule, valueAt } from './rule-context.ts'

const TWINS: readonly (readonly [string, readonly string[]])[] = [
  ['cpus', ['deploy', 'resources', 'limits', 'cpus']],
  ['mem_limit', ['deploy', 'resources', 'limits', 'memory']],
  ['pids_limit', ['deploy', 'resources', 'limits', 'pids']],
  ['mem_reservation', ['deploy', 'resources', 'reservations', 'memory']],
]

/** Keys that say the same thing in two places agree, and CPU time is limited in one way. */
export const checkTwins: Rule = input =>
  eachService(input, (service, name) => [
    ...TWINS.flatMap(([key, path]) =>
      disagreement(valueAt(service, key), nodeAt(service, path), { key, path, name }),
    ),
    ...networkClash(service, name),
    ...cpuClash(service, name),
  ])

function disagreement(
  short: Node | undefined,
  long: Node | undefined,
  { key, path, name }: { readonly key: string; readonly path: readonly string[]; readonly name: string },
): readonly Diagnostic[] {
  if (short?.kind !== 'scalar' || long?.kind !== 'scalar' || String(short.value) === String(long.value))
    return []
  return [
    errorAt(short, 'conflicting-keys', {
      message: `Service "${name}" has two values for one limit: "${key}" and "${path.join('.')}" differ`,
      hint: 'Keep one of the two',
      related: [{ message: `"${path.join('.')}" is set here`, span: long.span }],
    }),
  ]
}

function networkClash(service: MapNode, name: string): readonly Diagnostic[] {
  const mode = valueAt(service, 'network_mode')
  const networks = service.entries.get('networks')
  if (mode === undefined || networks === undefined) return []
  return [
    errorAt(mode, 'conflicting-keys', {
      message: `Service "${name}" has both "network_mode" and "networks", expected one`,
      related: [{ message: '"networks" is set here', span: networks.keySpan }],
    }),
  ]
}

function cpuClash(service: MapNode, name: string): readonly Diagnostic[] {
  const quota = valueAt(service, 'cpu_quota')
  const cpus = valueAt(service, 'cpus') ?? nodeAt(service, ['deploy', 'resources', 'limits', 'cpus'])
  if (quota === undefined || cpus === undefined) return []
  return [
    errorAt(quota, 'conflicting-keys', {
      message: `Service "${name}" has both "cpu_quota" and "cpus", expected one`,
      related: [{ message: '"cpus" is set here', span: cpus.span }],
    }),
  ]
}
