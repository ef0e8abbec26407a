import type { Diagnostic } from '../../base/diagnostic.ts'
import { itemsOf, type MapNode, nodeAt, stringOf } from '../document/node.ts'
import { type LinkAlias, linkAliases } from '../project/link-aliases.ts'
import { entriesAt, errorAt, valueAt } from '../rules/rule-context.ts'

/**
 * Tells which aliases of links cannot be had. An alias is a name that all services on the network see, so it must not
 * be anything else there.
 */
export function checkLinks(
  services: ReadonlyMap<string, MapNode>,
  severity: Diagnostic['severity'],
): readonly Diagnostic[] {
  const aliases = linkAliases(services)
  return aliases.flatMap(link => {
    const problem = problemOf(link, aliases, services)
    if (problem === undefined) return []
    const message = `Cannot run link "${link.to}:${link.alias}" of service "${link.from}": ${problem}`
    const hint = `Give "${link.to}" the alias below its "networks", or reach it as "${link.to}"`
    return [{ ...errorAt(link.at, 'unsupported-key', { message, hint }), severity }]
  })
}

function problemOf(
  { to, alias, networks }: LinkAlias,
  aliases: readonly LinkAlias[],
  services: ReadonlyMap<string, MapNode>,
): string | undefined {
  if (networks.length === 0) return 'the two share no network'
  const network = networks.find(
    name =>
      aliases.some(other => other.alias === alias && other.to !== to && other.networks.includes(name)) ||
      [...services].some(([other, service]) => other !== to && bears(service, other, { name, alias })),
  )
  return network === undefined
    ? undefined
    : `another service is also called "${alias}" on network "${network}"`
}

function bears(
  service: MapNode,
  own: string,
  { name, alias }: { readonly name: string; readonly alias: string },
): boolean {
  if (!entriesAt(service, 'networks').has(name)) return false
  const declared = itemsOf(nodeAt(service, ['networks', name, 'aliases'])).map(stringOf)
  return own === alias || declared.includes(alias) || stringOf(valueAt(service, 'container_name')) === alias
}
