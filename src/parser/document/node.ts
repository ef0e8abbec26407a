import type { SourceSpan } from '../../base/source-span.ts'

/**
 * A Compose document as a tree in which every value keeps its place. The stages turn trees into trees, so a value
 * that was merged or brought to its long form still points at the text behind it.
 */
export type Node = ScalarNode | ListNode | MapNode

/** What `!reset` and `!override` say about merging. */
export type Directive = 'reset' | 'override'

/** A single value. A plain `80` is a number here; `config` and the model see it after its kind was applied. */
export interface ScalarNode {
  readonly kind: 'scalar'
  readonly value: ScalarValue
  /** The text in the file, quotes included. */
  readonly raw: string
  readonly span: SourceSpan
  readonly directive?: Directive
}

/** What YAML 1.2's core schema makes of a scalar: `yes` and `on` are text. */
export type ScalarValue = string | number | boolean | null

/** A sequence, in the file's order. */
export interface ListNode {
  readonly kind: 'list'
  readonly items: readonly Node[]
  readonly span: SourceSpan
  readonly directive?: Directive
}

/** A mapping, in the file's order; the keys that `<<` brings come last. */
export interface MapNode {
  readonly kind: 'map'
  readonly entries: ReadonlyMap<string, Entry>
  readonly span: SourceSpan
  readonly directive?: Directive
}

/** A value with the place of the key that leads to it. */
export interface Entry {
  readonly keySpan: SourceSpan
  readonly value: Node
}

/** Returns a scalar at the place of `at`. */
export function scalarAt(at: Node, value: ScalarValue): ScalarNode {
  return { kind: 'scalar', value, raw: at.kind === 'scalar' ? at.raw : '', span: at.span }
}

/** Returns a list at the place of `at`. */
export function listAt(at: Node, items: readonly Node[]): ListNode {
  return { kind: 'list', items, span: at.span }
}

/** Returns a map at the place of `at`; its keys have the places of their values. Undefined values are left out. */
export function mapAt(at: Node, values: Iterable<readonly [string, Node | undefined]>): MapNode {
  const entries = new Map<string, Entry>()
  for (const [key, value] of values) if (value !== undefined) entries.set(key, { keySpan: value.span, value })
  return { kind: 'map', entries, span: at.span }
}

/** Returns the value at `path` below `node`; list items are counted from 0. */
export function nodeAt(node: Node | undefined, path: readonly (string | number)[]): Node | undefined {
  let current = node
  for (const step of path) {
    if (current?.kind === 'map') current = current.entries.get(String(step))?.value
    else if (current?.kind === 'list') current = current.items[Number(step)]
    else return undefined
  }
  return current
}

/** Returns `map` with `key` set to `value`, or removed if `value` is undefined. */
export function withEntry(map: MapNode, key: string, value: Node | undefined): MapNode {
  const entries = new Map(map.entries)
  const keySpan = map.entries.get(key)?.keySpan ?? value?.span
  if (value === undefined || keySpan === undefined) entries.delete(key)
  else entries.set(key, { keySpan, value })
  return { ...map, entries }
}

/** Returns the entries of `node` if it is a map, else none. */
export function entriesOf(node: Node | undefined): ReadonlyMap<string, Entry> {
  return node?.kind === 'map' ? node.entries : NO_ENTRIES
}

/** Returns the items of `node` if it is a list, else none. */
export function itemsOf(node: Node | undefined): readonly Node[] {
  return node?.kind === 'list' ? node.items : []
}

/** Returns the text of `node` if it is a string, else undefined. */
export function stringOf(node: Node | undefined): string | undefined {
  return node?.kind === 'scalar' && typeof node.value === 'string' ? node.value : undefined
}

const NO_ENTRIES: ReadonlyMap<string, Entry> = new Map()
