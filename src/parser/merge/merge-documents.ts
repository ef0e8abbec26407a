import type { Diagnostic } from '../../base/diagnostic.ts'
import { type DocumentPath, describePath } from '../document/describe-path.ts'
import { type Entry, type ListNode, type MapNode, type Node, stringOf } from '../document/node.ts'
import type { ValueKind } from '../generated/compose-types.ts'
import { placeOfItems, placeOfKey, rootPlace, type SchemaPlace } from '../schema/schema-node.ts'
import { uniteItems } from './unite-items.ts'

/** One tree of two, and where they do not fit. */
export interface Merged {
  readonly document: MapNode
  readonly diagnostics: readonly Diagnostic[]
}

/**
 * Lays `override` over `base`, both in canonical form: maps merge, lists append, scalars replace, and null keeps
 * what is there. List entries with the same key (a mount's target, a port ...) replace each other in place.
 */
export function mergeDocuments(
  base: MapNode,
  override: MapNode,
  directives: DirectiveFate = 'settle',
): Merged {
  const diagnostics: Diagnostic[] = []
  const overlay = { base, override, place: rootPlace(), path: [], diagnostics, directives }
  return { document: mergeMaps(overlay), diagnostics }
}

/**
 * What becomes of the marks of `!reset` and `!override` in the result. `keep` lets them act again later: it is for
 * what is brought in below a document, so that the merged maps are where the document has them.
 */
export type DirectiveFate = 'settle' | 'keep'

/** Lays the service `name` over the one that it extends; its marks of `!reset` and `!override` stay. */
export function mergeServices(base: MapNode, override: MapNode, name: string): Merged {
  const place = ['services', name].reduce<SchemaPlace | undefined>(
    (outer, key) => (outer === undefined ? undefined : placeOfKey(outer, key)),
    rootPlace(),
  )
  const diagnostics: Diagnostic[] = []
  const path = ['services', name]
  const document = mergeMaps({ base, override, place, path, diagnostics, directives: 'keep' })
  const { directive } = override
  return { document: directive === undefined ? document : { ...document, directive }, diagnostics }
}

/** Removes what `!reset` marks, and the marks of `!override`, where there is nothing to lay the document over. */
export function settleDirectives(document: MapNode): MapNode {
  return settleMap(document)
}

interface Overlay<N extends Node> {
  readonly base: N
  readonly override: N
  readonly place: SchemaPlace | undefined
  readonly path: DocumentPath
  readonly diagnostics: Diagnostic[]
  readonly directives: DirectiveFate
}

/** Kinds of which a later file's value replaces the whole earlier one. */
const REPLACED: ReadonlySet<string> = new Set<ValueKind>(['command', 'healthTest', 'ulimit'])

function mergeMaps(overlay: Overlay<MapNode>): MapNode {
  const { base, override, path, directives } = overlay
  if (path.at(-1) === 'logging' && isOtherDriver(base, override)) return override
  const entries = new Map<string, Entry>(base.entries)
  for (const [key, entry] of override.entries) {
    const merged = mergeEntry(overlay, key, entry)
    if (merged === undefined) entries.delete(key)
    else entries.set(key, merged)
  }
  return { kind: 'map', entries, span: directives === 'keep' ? override.span : base.span }
}

function mergeEntry(overlay: Overlay<MapNode>, key: string, entry: Entry): Entry | undefined {
  const { base, place, path, directives } = overlay
  const earlier = base.entries.get(key)
  const { directive } = entry.value
  if (directives === 'keep' && (directive !== undefined || earlier === undefined)) return entry
  if (directive === 'reset') return undefined
  if (earlier === undefined || directive === 'override') return settleEntry(entry)
  const child = place === undefined ? undefined : placeOfKey(place, key)
  const value = mergeNodes({
    ...overlay,
    base: earlier.value,
    override: entry.value,
    place: child,
    path: [...path, key],
  })
  return value === earlier.value ? earlier : { keySpan: entry.keySpan, value }
}

function mergeNodes(overlay: Overlay<Node>): Node {
  const { base, override, place, path, diagnostics } = overlay
  if (override.kind === 'scalar' && override.value === null && place?.kind !== 'command') {
    return isKeyWithoutValue(path) ? override : base
  }
  if (place?.kind !== undefined && REPLACED.has(place.kind)) return settle(override)
  if (base.kind === 'map' && override.kind === 'map') return mergeMaps({ ...overlay, base, override })
  if (base.kind === 'list' && override.kind === 'list') return mergeLists({ ...overlay, base, override })
  if (isEmpty(base) || base.kind === override.kind || place?.kind === 'external') return settle(override)
  diagnostics.push({
    severity: 'error',
    code: 'wrong-type',
    message: `Cannot merge ${describePath(path)}: it is a ${base.kind} in one file and a ${override.kind} in another`,
    span: override.span,
    related: [{ message: 'the earlier value is here', span: base.span }],
  })
  return base
}

/** `environment: {NAME: }` in a later file asks for the variable of the project's environment. */
function isKeyWithoutValue(path: DocumentPath): boolean {
  return path.at(-2) === 'environment'
}

function mergeLists({ base, override, place, path }: Overlay<ListNode>): ListNode {
  const items = placeOfItems(place ?? { schema: {}, kind: undefined, pattern: '' })
  const pattern = items?.pattern ?? path.join('.')
  return { ...base, items: uniteItems([...base.items, ...settleList(override).items], pattern).items }
}

function isOtherDriver(base: MapNode, override: MapNode): boolean {
  const from = stringOf(base.entries.get('driver')?.value)
  const to = stringOf(override.entries.get('driver')?.value)
  return from !== undefined && to !== undefined && from !== to
}

function isEmpty(node: Node): boolean {
  return node.kind === 'scalar' && node.value === null
}

function settle(node: Node): Node {
  switch (node.kind) {
    case 'scalar':
      return node
    case 'list':
      return settleList(node)
    case 'map':
      return settleMap(node)
  }
}

function settleEntry(entry: Entry): Entry {
  const value = settle(entry.value)
  return value === entry.value ? entry : { keySpan: entry.keySpan, value }
}

/** A map in which nothing is marked comes back as the same object. */
function settleMap(map: MapNode): MapNode {
  let entries: Map<string, Entry> | undefined
  for (const [key, entry] of map.entries) {
    const settled = settleEntry(entry)
    const isReset = entry.value.directive === 'reset'
    if (settled === entry && !isReset) continue
    entries ??= new Map(map.entries)
    if (isReset) entries.delete(key)
    else entries.set(key, settled)
  }
  if (entries === undefined && map.directive === undefined) return map
  return { kind: 'map', entries: entries ?? map.entries, span: map.span }
}

function settleList(list: ListNode): ListNode {
  const items = list.items.filter(item => item.directive !== 'reset').map(settle)
  const isSame =
    list.directive === undefined &&
    items.length === list.items.length &&
    items.every((item, index) => item === list.items[index])
  return isSame ? list : { kind: 'list', items, span: list.span }
}
