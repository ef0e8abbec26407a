import type { Diagnostic } from '../../base/diagnostic.ts'
import { type MapNode, nodeAt } from '../document/node.ts'
import { eachService, errorAt, type Rule, type RuleInput, textAt, valueAt } from './rule-context.ts'

/** Replica counts are not negative and agree, and a fixed container name belongs to one container. */
export const checkReplicas: Rule = input => [
  ...eachService(input, (service, name) => [...counts(service, name), ...fixedName(service, name)]),
  ...sharedNames(input),
]

function counts(service: MapNode, name: string): readonly Diagnostic[] {
  const scale = valueAt(service, 'scale')
  const replicas = nodeAt(service, ['deploy', 'replicas'])
  const negative = [scale, replicas].flatMap(node =>
    node?.kind === 'scalar' && typeof node.value === 'number' && node.value < 0
      ? [
          errorAt(node, 'bad-value', {
            message: `Cannot run ${node.value} replicas of service "${name}": expected 0 or more`,
          }),
        ]
      : [],
  )
  if (negative.length > 0 || scale?.kind !== 'scalar' || replicas?.kind !== 'scalar') return negative
  if (scale.value === replicas.value) return []
  return [
    errorAt(scale, 'conflicting-keys', {
      message: `Service "${name}" has scale ${scale.value} and deploy.replicas ${replicas.value}, expected the same`,
      related: [{ message: 'deploy.replicas is set here', span: replicas.span }],
    }),
  ]
}

function fixedName(service: MapNode, name: string): readonly Diagnostic[] {
  const fixed = valueAt(service, 'container_name')
  const count = [valueAt(service, 'scale'), nodeAt(service, ['deploy', 'replicas'])].find(
    node => node?.kind === 'scalar' && typeof node.value === 'number' && node.value > 1,
  )
  if (fixed === undefined || count === undefined) return []
  return [
    errorAt(fixed, 'conflicting-keys', {
      message: `Service "${name}" has a container_name and more than one replica, but container names must be unique`,
      hint: 'Remove container_name',
    }),
  ]
}

function sharedNames({ services }: RuleInput): readonly Diagnostic[] {
  const owners = new Map<string, { readonly service: string; readonly at: MapNode }>()
  return [...services].flatMap(([service, map]) => {
    const text = textAt(map, 'container_name')
    const at = valueAt(map, 'container_name')
    if (text === undefined || at === undefined) return []
    const owner = owners.get(text)
    if (owner === undefined) {
      owners.set(text, { service, at: map })
      return []
    }
    // Not all of them need to run at once.
    const earlier = valueAt(owner.at, 'container_name')
    return [
      {
        ...errorAt(at, 'conflicting-keys', {
          message: `Services "${owner.service}" and "${service}" have the same container_name "${text}"`,
          related: earlier === undefined ? [] : [{ message: 'it is first used here', span: earlier.span }],
        }),
        severity: 'warning',
      },
    ]
  })
}
