import { entriesOf, type Node } from '../document/node.ts'
import type { KeyPattern } from '../generated/compose-types.ts'
import { cleanPath } from '../normalise/clean-path.ts'

/**
 * Returns what tells one entry of a list from another, by the list's path pattern; undefined where every entry
 * is an entry of its own.
 */
export function itemKey(pattern: string, node: Node): string | undefined {
  return KEYS.get(pattern)?.(node)
}

/** Tells whether the entries of a list, by its entries' path pattern, are told apart by a key. */
export function hasItemKey(pattern: string): boolean {
  return KEYS.has(pattern)
}

type KeyOf = (node: Node) => string | undefined

const BY_VALUE: KeyOf = node => (node.kind === 'scalar' ? String(node.value) : undefined)
const UP_TO_EQUALS: KeyOf = node => BY_VALUE(node)?.split('=')[0]

const KEYS: ReadonlyMap<string, KeyOf> = new Map<KeyPattern, KeyOf>([
  ['services.*.build.extra_hosts[]', BY_VALUE],
  ['services.*.build.ssh[]', UP_TO_EQUALS],
  ['services.*.build.tags[]', BY_VALUE],
  ['services.*.cap_add[]', BY_VALUE],
  ['services.*.cap_drop[]', BY_VALUE],
  ['services.*.configs[]', byEntry(node => text(node, 'target') ?? prefixed('/', text(node, 'source')))],
  ['services.*.devices[]', byEntry(node => text(node, 'target'))],
  ['services.*.dns[]', UP_TO_EQUALS],
  ['services.*.dns_opt[]', BY_VALUE],
  ['services.*.dns_search[]', UP_TO_EQUALS],
  ['services.*.env_file[]', node => text(node, 'path')],
  ['services.*.expose[]', BY_VALUE],
  ['services.*.extra_hosts[]', BY_VALUE],
  ['services.*.links[]', BY_VALUE],
  ['services.*.networks.*.aliases[]', BY_VALUE],
  ['services.*.networks.*.link_local_ips[]', BY_VALUE],
  ['services.*.ports[]', byEntry(portKey)],
  ['services.*.profiles[]', BY_VALUE],
  [
    'services.*.secrets[]',
    byEntry(node => text(node, 'target') ?? prefixed('/run/secrets/', text(node, 'source'))),
  ],
  ['services.*.tmpfs[]', UP_TO_EQUALS],
  ['services.*.volumes[]', byEntry(mountKey)],
  ['networks.*.ipam.config[]', node => text(node, 'subnet')],
])

/** A short form that holds a variable still is identified by its text. */
function byEntry(keyOf: KeyOf): KeyOf {
  return node => (node.kind === 'scalar' ? BY_VALUE(node) : keyOf(node))
}

function mountKey(node: Node): string | undefined {
  const target = text(node, 'target')
  return target === undefined ? undefined : cleanPath(target)
}

function portKey(node: Node): string {
  const address = text(node, 'host_ip') ?? '0.0.0.0'
  const protocol = text(node, 'protocol') ?? 'tcp'
  return `${address}:${text(node, 'published') ?? ''}:${text(node, 'target') ?? ''}/${protocol}`
}

function prefixed(prefix: string, name: string | undefined): string | undefined {
  return name === undefined ? undefined : `${prefix}${name}`
}

function text(node: Node, key: string): string | undefined {
  const value = entriesOf(node).get(key)?.value
  return value?.kind === 'scalar' && value.value !== null ? String(value.value) : undefined
}
