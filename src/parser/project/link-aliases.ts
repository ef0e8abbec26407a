import { itemsOf, type MapNode, type Node, stringOf } from '../document/node.ts'
import { entriesAt, valueAt } from '../rules/rule-context.ts'

/** A name under which one service reaches another beside its own: `links: [db:database]`. */
export interface LinkAlias {
  /** The service that links. */
  readonly from: string
  /** The service that the alias names. */
  readonly to: string
  readonly alias: string
  readonly at: Node
  /** The networks that both are attached to. */
  readonly networks: readonly string[]
}

/** Returns the aliases that the links of `services` make. A link to a service by its own name makes none. */
export function linkAliases(services: ReadonlyMap<string, MapNode>): readonly LinkAlias[] {
  return [...services].flatMap(([from, service]) =>
    itemsOf(valueAt(service, 'links')).flatMap(at => {
      const [to = '', alias = to] = stringOf(at)?.split(':') ?? []
      const target = services.get(to)
      if (target === undefined || alias === to || alias === '') return []
      const networks = [...entriesAt(service, 'networks').keys()].filter(network =>
        entriesAt(target, 'networks').has(network),
      )
      return [{ from, to, alias, at, networks }]
    }),
  )
}

/** Tells which names beside its own service `name` has on `network` through links of others. */
export function aliasesOn(network: string, name: string, aliases: readonly LinkAlias[]): readonly string[] {
  const found = aliases.filter(({ to, networks }) => to === name && networks.includes(network))
  return [...new Set(found.map(({ alias }) => alias))]
}
