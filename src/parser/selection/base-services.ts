import { entriesOf, type MapNode, nodeAt, stringOf, withEntry } from '../document/node.ts'
import { entriesAt, valueAt } from '../rules/rule-context.ts'

/**
 * Returns the services of `document` that are off, but from whose images others, which are on, are built, as far as
 * their build goes: as docker compose has it, they are built without being run.
 */
export function baseServices(
  document: MapNode,
  services: ReadonlyMap<string, MapNode>,
): ReadonlyMap<string, MapNode> {
  const all = entriesAt(document, 'services')
  const found = new Map<string, MapNode>()
  for (const service of services.values()) visit(service)
  return found

  function visit(service: MapNode): void {
    for (const name of contextServices(service)) {
      const base = all.get(name)?.value
      if (base?.kind !== 'map' || services.has(name) || found.has(name)) continue
      found.set(name, onlyBuild(base))
      visit(base)
    }
  }
}

/** Returns `document` with `bases` among its services. */
export function withBases(document: MapNode, bases: ReadonlyMap<string, MapNode>): MapNode {
  const section = valueAt(document, 'services')
  if (section?.kind !== 'map' || bases.size === 0) return document
  const added = [...bases].map(([name, value]) => [name, { keySpan: value.span, value }] as const)
  return withEntry(document, 'services', { ...section, entries: new Map([...section.entries, ...added]) })
}

function contextServices(service: MapNode): readonly string[] {
  return [...entriesOf(nodeAt(service, ['build', 'additional_contexts'])).values()].flatMap(
    ({ value }) => /^service:(.+)$/.exec(stringOf(value) ?? '')?.[1] ?? [],
  )
}

function onlyBuild(service: MapNode): MapNode {
  const kept = ['build', 'image', 'platform']
  return { ...service, entries: new Map([...service.entries].filter(([key]) => kept.includes(key))) }
}
