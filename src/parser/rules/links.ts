import type { Diagnostic } from '../../base/diagnostic.ts'
import { type Link, parseLink } from '../../model/link.ts'
import { itemsOf, type MapNode, type Node, stringOf } from '../document/node.ts'
import {
  eachService,
  entriesAt,
  errorAt,
  type Rule,
  type RuleInput,
  textAt,
  valueAt,
} from './rule-context.ts'

/** Links are names with or without an alias, and lead to what shares a network. */
export const checkLinks: Rule = input =>
  eachService(input, (service, name) => [
    ...linksAt(service, 'links').flatMap(link => [...form(link), ...reach(link, { name, service, input })]),
    ...linksAt(service, 'external_links').flatMap(form),
  ])

interface WrittenLink {
  readonly at: Node
  readonly text: string
  readonly link: Link | undefined
}

function linksAt(service: MapNode, key: string): readonly WrittenLink[] {
  return itemsOf(valueAt(service, key)).flatMap(at => {
    const text = stringOf(at)
    return text === undefined ? [] : [{ at, text, link: parseLink(text) }]
  })
}

function form({ at, text, link }: WrittenLink): readonly Diagnostic[] {
  if (link !== undefined) return []
  const message = `Cannot read link "${text}": expected "NAME" or "NAME:ALIAS"`
  return [errorAt(at, 'bad-value', { message })]
}

interface Linking {
  readonly name: string
  readonly service: MapNode
  readonly input: RuleInput
}

/** A service that is not there is reported with the dependency that the link is. */
function reach({ at, link }: WrittenLink, { name, service, input }: Linking): readonly Diagnostic[] {
  const target = input.services.get(link?.target ?? '')
  if (target === undefined || shareNetwork(service, target)) return []
  const message = `Service "${name}" links to "${link?.target}", and the two share no network`
  const hint = 'Attach both to one network, or write "depends_on" if only the order matters'
  return [{ ...errorAt(at, 'conflicting-keys', { message, hint }), severity: 'warning' }]
}

/** Namespaces that are shared may be on any network. */
function shareNetwork(one: MapNode, other: MapNode): boolean {
  if (textAt(one, 'network_mode') !== undefined || textAt(other, 'network_mode') !== undefined) return true
  const networks = entriesAt(other, 'networks')
  return [...entriesAt(one, 'networks').keys()].some(network => networks.has(network))
}
