import { entriesOf, itemsOf, type MapNode, type Node, nodeAt, stringOf } from '../document/node.ts'
import { update } from '../normalise/update.ts'

/** Which part of a document to show. */
export interface PartOptions {
  /** Services to keep, together with those they depend on; empty is all. */
  readonly services: readonly string[]
  /** Keep the networks, volumes, secrets and configs that no service uses. */
  readonly allResources: boolean
}

/** Returns the part of a normalised document that `options` ask for. */
export function selectedPart(document: MapNode, { services, allResources }: PartOptions): MapNode {
  const chosen =
    services.length === 0
      ? document
      : update(document, 'services', section => withOnly(section, closure(document, services)))
  return allResources ? chosen : withoutUnused(chosen)
}

function closure(document: MapNode, names: readonly string[]): ReadonlySet<string> {
  const found = new Set(names)
  for (const name of found) {
    for (const dependency of keysAt(document, ['services', name, 'depends_on'])) found.add(dependency)
  }
  return found
}

function withoutUnused(document: MapNode): MapNode {
  const services = [...entriesOf(nodeAt(document, ['services'])).values()].map(({ value }) => value)
  const used = (resourcesOf: (service: Node) => readonly string[]): ReadonlySet<string> =>
    new Set(services.flatMap(resourcesOf))
  const sections: readonly (readonly [string, ReadonlySet<string>])[] = [
    ['networks', used(service => keysAt(service, ['networks']))],
    ['volumes', used(mountedVolumes)],
    [
      'secrets',
      used(service => [...granted(service, ['secrets']), ...granted(service, ['build', 'secrets'])]),
    ],
    ['configs', used(service => granted(service, ['configs']))],
    ['models', used(service => keysAt(service, ['models']))],
  ]
  return sections.reduce(
    (part, [key, names]) => update(part, key, section => withOnly(section, names)),
    document,
  )
}

function mountedVolumes(service: Node): readonly string[] {
  return itemsOf(nodeAt(service, ['volumes'])).flatMap(mount => {
    const isVolume = stringOf(nodeAt(mount, ['type'])) === 'volume'
    return isVolume ? (stringOf(nodeAt(mount, ['source'])) ?? []) : []
  })
}

function granted(service: Node, path: readonly string[]): readonly string[] {
  return itemsOf(nodeAt(service, path)).flatMap(grant => stringOf(nodeAt(grant, ['source'])) ?? [])
}

function keysAt(node: Node, path: readonly string[]): readonly string[] {
  return [...entriesOf(nodeAt(node, path)).keys()]
}

function withOnly(section: Node, names: ReadonlySet<string>): Node {
  if (section.kind !== 'map') return section
  return { ...section, entries: new Map([...section.entries].filter(([name]) => names.has(name))) }
}
