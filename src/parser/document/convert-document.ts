import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  type Pair,
  parse,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
  type Node as YamlNode,
} from 'yaml'
import type { Checked, Diagnostic } from '../../base/diagnostic.ts'
import type { SourceSpan } from '../../base/source-span.ts'
import type { AliasPath, AliasPaths } from './alias-path.ts'
import type { Directive, Entry, ListNode, MapNode, Node, ScalarNode, ScalarValue } from './node.ts'
import { plainScalarValue } from './plain-scalar.ts'
import type { SourceText } from './source-text.ts'

/** Values that aliases may add to a document. */
const MAX_ALIASED_VALUES = 100_000

/**
 * Turns a parsed document into a tree with places: aliases are followed, merge keys applied, duplicate keys and
 * keys that are not text reported.
 */
export function convertDocument(source: SourceText, document: Document.Parsed): ConvertedDocument {
  const conversion = new Conversion(source)
  const { aliasPaths } = conversion
  const root = document.contents
  if (!isMap(root)) return { value: undefined, diagnostics: [notAMap(source, root)], aliasPaths }
  const value = conversion.map(root)
  return { value: conversion.abandoned ? undefined : value, diagnostics: conversion.diagnostics, aliasPaths }
}

/** A tree, and through which aliases and merge keys its values were reached. */
export interface ConvertedDocument extends Checked<MapNode> {
  readonly aliasPaths: AliasPaths
}

class Conversion {
  readonly diagnostics: Diagnostic[] = []
  readonly aliasPaths = new Map<SourceSpan, AliasPath>()
  /** True once the document was found to be a bomb; what was read of it is not to be used. */
  abandoned = false
  readonly #source: SourceText
  readonly #anchors = new Map<string, YamlNode>()
  readonly #open = new Set<YamlNode>()
  #aliasDepth = 0
  #aliasPath: AliasPath | undefined
  #aliasedValues = 0

  constructor(source: SourceText) {
    this.#source = source
  }

  map(map: YAMLMap): MapNode {
    const span = this.#noted(this.#spanOf(map))
    const entries = new Map<string, Entry>()
    const merged: Node[] = []
    this.#within(map, () => {
      for (const pair of map.items) this.#addPair(pair, entries, merged)
    })
    for (const node of merged) this.#merge(node, entries)
    return { kind: 'map', entries, span, ...directiveOf(map) }
  }

  #addPair(pair: Pair, entries: Map<string, Entry>, merged: Node[]): void {
    const { key } = pair
    if (!isScalar(key) || typeof key.value !== 'string') {
      this.#notText(key)
      return
    }
    this.#remember(key)
    const keySpan = this.#spanOf(key)
    if (key.value === '<<' && key.type === 'PLAIN') {
      const aliasPath = { kind: 'merge-key', span: keySpan } as const
      merged.push(this.#by(aliasPath, () => this.#valueAt(pair.value, keySpan)))
      return
    }
    const value = this.#valueAt(pair.value, keySpan)
    const name = key.value
    const earlier = entries.get(name)
    if (earlier === undefined) entries.set(name, { keySpan, value })
    else this.#duplicate(name, keySpan, earlier.keySpan)
  }

  #merge(node: Node, entries: Map<string, Entry>): void {
    if (node.kind === 'list') {
      for (const item of node.items) this.#merge(item, entries)
    } else if (node.kind === 'map') {
      for (const [key, entry] of node.entries) if (!entries.has(key)) entries.set(key, entry)
    } else if (node.value !== null) {
      this.#report('yaml-syntax', 'Cannot merge this value: "<<" takes a map or a list of maps', node.span)
    }
  }

  #valueAt(value: unknown, keySpan: SourceSpan): Node {
    if (isScalar(value)) return this.#scalar(value, keySpan)
    if (isMap(value)) return this.#remembered(value, () => this.map(value))
    if (isSeq(value)) return this.#remembered(value, () => this.#list(value))
    if (isAlias(value)) return this.#alias(value)
    return { kind: 'scalar', value: null, raw: '', span: keySpan }
  }

  #list(list: YAMLSeq): ListNode {
    const span = this.#noted(this.#spanOf(list))
    const items: Node[] = []
    this.#within(list, () => {
      for (const item of list.items) {
        if (this.abandoned) return
        items.push(this.#valueAt(isPairLike(item) ? undefined : item, span))
      }
    })
    return { kind: 'list', items, span, ...directiveOf(list) }
  }

  #scalar(scalar: Scalar, keySpan: SourceSpan): ScalarNode {
    this.#remember(scalar)
    this.#count()
    const [start, end] = scalar.range ?? [0, 0]
    return {
      kind: 'scalar',
      value: scalarValue(scalar, this.#source.text.slice(start, end)),
      raw: this.#source.text.slice(start, end),
      span: this.#noted(end === start ? keySpan : this.#source.span(start, end)),
      ...directiveOf(scalar),
    }
  }

  #alias(alias: Alias): Node {
    const span = this.#spanOf(alias)
    const target = this.#anchors.get(alias.source)
    const nothing: Node = { kind: 'scalar', value: null, raw: '', span }
    if (this.abandoned) return nothing
    if (target === undefined) {
      this.#report(
        'yaml-syntax',
        `Cannot follow alias "*${alias.source}": no anchor "&${alias.source}" comes before it`,
        span,
      )
      return nothing
    }
    if (this.#open.has(target)) {
      this.#report('yaml-syntax', `Cannot follow alias "*${alias.source}": it is inside its own anchor`, span)
      return nothing
    }
    this.#aliasDepth++
    const value = this.#by({ kind: 'alias', name: alias.source, span }, () => this.#valueAt(target, span))
    this.#aliasDepth--
    return value
  }

  /** Reads what is reached through an alias or a merge key. */
  #by(step: Omit<AliasPath, 'outer'>, read: () => Node): Node {
    const outer = this.#aliasPath
    this.#aliasPath = { ...step, outer }
    const value = read()
    this.#aliasPath = outer
    return value
  }

  #noted(span: SourceSpan): SourceSpan {
    if (this.#aliasPath !== undefined) this.aliasPaths.set(span, this.#aliasPath)
    return span
  }

  /** Registers an anchor before its content is read, so that an alias inside is seen to be a cycle. */
  #remembered<T>(node: YAMLMap | YAMLSeq, read: () => T): T {
    this.#remember(node)
    this.#count()
    return read()
  }

  #remember(node: YamlNode): void {
    if ('anchor' in node && node.anchor !== undefined) this.#anchors.set(node.anchor, node)
  }

  #within(node: YamlNode, read: () => void): void {
    if (this.abandoned) return
    this.#open.add(node)
    read()
    this.#open.delete(node)
  }

  #count(): void {
    if (this.#aliasDepth === 0 || this.abandoned) return
    this.#aliasedValues++
    if (this.#aliasedValues <= MAX_ALIASED_VALUES) return
    this.abandoned = true
    this.diagnostics.push({
      severity: 'error',
      code: 'yaml-syntax',
      message: `Cannot load "${this.#source.file}": its aliases expand to more than ${MAX_ALIASED_VALUES} values`,
      span: this.#source.span(0, 0),
    })
  }

  #duplicate(key: string, span: SourceSpan, earlier: SourceSpan): void {
    this.diagnostics.push({
      severity: 'error',
      code: 'duplicate-key',
      message: `Key "${key}" is set twice in one mapping`,
      span,
      hint: 'Merge the two, or rename one of them',
      related: [{ message: `"${key}" is first set here`, span: earlier }],
    })
  }

  #notText(key: unknown): void {
    const text = isScalar(key) ? this.#textOf(key) : ''
    const state = text === '' ? 'it is not text' : `it is ${wordOf(key)}, expected text`
    this.diagnostics.push({
      severity: 'error',
      code: 'wrong-type',
      message: `Cannot use this key: ${state}`,
      span: this.#spanOf(key),
      ...(text === '' ? {} : { hint: `Write it in quotes: "${text}"` }),
    })
  }

  #textOf(scalar: Scalar): string {
    const [start, end] = scalar.range ?? [0, 0]
    return this.#source.text.slice(start, end)
  }

  #report(code: 'yaml-syntax', message: string, span: SourceSpan): void {
    this.diagnostics.push({ severity: 'error', code, message, span })
  }

  #spanOf(node: unknown): SourceSpan {
    const [start, end] = rangeOf(node)
    return this.#source.span(start, end)
  }
}

function rangeOf(node: unknown): readonly [number, number] {
  if (!(isScalar(node) || isMap(node) || isSeq(node) || isAlias(node))) return [0, 0]
  const [start, end] = node.range ?? [0, 0]
  return [start, isMap(node) || isSeq(node) ? collectionEnd(node, end) : end]
}

/** A block collection ends with its last value; the comments and ends of lines behind it are not part of it. */
function collectionEnd(node: YAMLMap | YAMLSeq, end: number): number {
  if (node.flow === true) return end
  const last: unknown = node.items.at(-1)
  if (!isPair(last)) return last === undefined ? end : rangeOf(last)[1]
  const [valueStart, valueEnd] = rangeOf(last.value)
  return valueStart === valueEnd ? rangeOf(last.key)[1] : valueEnd
}

/** A pair inside a list (`[a: 1]`) reaches us as a map, so this only guards against what the reader never makes. */
function isPairLike(item: unknown): boolean {
  return !(isScalar(item) || isMap(item) || isSeq(item) || isAlias(item))
}

/** A plain text on one line has the value that it has everywhere; the YAML reader knows texts of several lines, and tags. */
function scalarValue(scalar: Scalar, raw: string): ScalarValue {
  // The YAML reader may have been given the lines joined; the text alone has no indentation to keep to.
  const isFolded = scalar.type?.startsWith('QUOTE_') === true && raw.includes('\n')
  const value = isFolded ? parse(raw) : scalar.value
  const isPlain = scalar.type === 'PLAIN' && scalar.tag === undefined && !raw.includes('\n')
  if (isPlain && raw !== '') return plainScalarValue(raw)
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
  return typeof value === 'number' ? value : String(value)
}

function wordOf(key: unknown): string {
  const value = isScalar(key) ? key.value : undefined
  if (value === null) return 'empty'
  return typeof value === 'boolean' ? 'a truth value' : 'a number'
}

function directiveOf(node: YamlNode): { readonly directive?: Directive } {
  const tag = 'tag' in node ? node.tag : undefined
  if (tag === '!reset') return { directive: 'reset' }
  if (tag === '!override') return { directive: 'override' }
  return {}
}

function notAMap(source: SourceText, root: unknown): Diagnostic {
  const [start, end] = rangeOf(root)
  return {
    severity: 'error',
    code: 'wrong-type',
    message: `Cannot load "${source.file}": the top level is ${isSeq(root) ? 'a list' : 'plain text'}, expected a map`,
    span: source.span(start, end),
    hint: 'Start with "services:" and one service below it',
  }
}
