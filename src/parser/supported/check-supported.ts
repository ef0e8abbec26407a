import type { Diagnostic } from '../../base/diagnostic.ts'
import type { SourceSpan } from '../../base/source-span.ts'
import { type DocumentPath, describePath } from '../document/describe-path.ts'
import type { MapNode, Node } from '../document/node.ts'
import { placeOfItems, placeOfKey, rootPlace, type SchemaPlace } from '../schema/schema-node.ts'
import { KEPT_KEYS, type KeptReason, SUPPORTED_KEYS } from './supported-keys.ts'
import { SUPPORTED_VALUES } from './supported-values.ts'

/**
 * Reports which valid keys and values of `document`, in canonical form, this version does not run. These are errors,
 * or warnings if `allowUnsupported`; keys that have no effect here are warnings always, each named once.
 */
export function checkSupported(document: MapNode, allowUnsupported: boolean): readonly Diagnostic[] {
  const check = new SupportCheck(allowUnsupported ? 'warning' : 'error')
  check.map(document, rootPlace(), [])
  return [...check.diagnostics, ...check.kept()]
}

/** How the engine treats a path pattern. */
export type Support = 'runs' | 'partly' | 'kept' | 'unsupported'

/** The nearest listed path at or above `pattern` decides. `partly`: what is below decides. */
export function supportOf(pattern: string): Support {
  const known = SUPPORT.get(pattern)
  if (known !== undefined) return known
  const support = nearestSupport(pattern)
  SUPPORT.set(pattern, support)
  return support
}

const SUPPORT = new Map<string, Support>()

function nearestSupport(pattern: string): Support {
  for (const path of [pattern, ...ancestors(pattern).toReversed()]) {
    if (KEPT_KEYS.has(path)) return 'kept'
    if (SUPPORTED_KEYS.has(path)) return 'runs'
  }
  return PARTLY_SUPPORTED.has(pattern) ? 'partly' : 'unsupported'
}

const PARTLY_SUPPORTED: ReadonlySet<string> = new Set([...SUPPORTED_KEYS].flatMap(ancestors))

function ancestors(pattern: string): readonly string[] {
  return [...pattern.matchAll(/\[\]|\./g)].flatMap(({ index, 0: mark }) =>
    mark === '.' ? [pattern.slice(0, index)] : [pattern.slice(0, index), pattern.slice(0, index + 2)],
  )
}

class SupportCheck {
  readonly diagnostics: Diagnostic[] = []
  readonly #severity: Diagnostic['severity']
  readonly #kept = new Map<string, KeptKey>()

  constructor(severity: Diagnostic['severity']) {
    this.#severity = severity
  }

  kept(): readonly Diagnostic[] {
    return [...this.#kept].map(([pattern, { path, span, places }]) => {
      const others = places > 1 ? ` and ${places - 1} more like it` : ''
      const reason = KEPT_WORDS[KEPT_KEYS.get(pattern) ?? 'hint']
      const code = KEPT_KEYS.get(pattern) === 'cluster' ? 'cluster-only-key' : 'no-effect-key'
      return {
        severity: 'warning',
        code,
        message: `Ignoring ${describePath(path)}${others}: ${reason}`,
        span,
      }
    })
  }

  map(map: MapNode, place: SchemaPlace, path: DocumentPath): void {
    for (const [key, { keySpan, value }] of map.entries) {
      if (value.directive === 'reset') continue
      const child = placeOfKey(place, key)
      if (child !== undefined && !isEmptyKey(value, child))
        this.#entry(value, child, { path: [...path, key], span: keySpan })
    }
  }

  #entry(
    value: Node,
    place: SchemaPlace,
    at: { readonly path: DocumentPath; readonly span: SourceSpan },
  ): void {
    switch (supportOf(place.pattern)) {
      case 'runs':
        this.#values(value, place, at.path)
        break
      case 'partly':
        this.#within(value, place, at.path)
        break
      case 'kept':
        this.#keep(place.pattern, at.path, at.span)
        break
      case 'unsupported':
        this.#unsupportedKey(at.path, at.span)
        break
    }
  }

  #within(value: Node, place: SchemaPlace, path: DocumentPath): void {
    const items = placeOfItems(place)
    if (value.kind === 'map') this.map(value, place, path)
    if (value.kind !== 'list' || items === undefined) return
    value.items.forEach((item, index) => {
      this.#entry(item, items, { path: [...path, index], span: item.span })
    })
  }

  /** Below a supported key only some values may run. */
  #values(value: Node, place: SchemaPlace, path: DocumentPath): void {
    const expected = SUPPORTED_VALUES.get(place.pattern)?.(value)
    if (expected !== undefined && value.kind === 'scalar') this.#unsupportedValue(value, path, expected)
    const items = placeOfItems(place)
    if (value.kind === 'list' && items !== undefined) {
      value.items.forEach((item, index) => {
        this.#values(item, items, [...path, index])
      })
    }
    if (value.kind !== 'map') return
    for (const [key, entry] of value.entries) {
      const child = placeOfKey(place, key)
      if (child !== undefined && KEPT_KEYS.has(child.pattern))
        this.#keep(child.pattern, [...path, key], entry.keySpan)
      else if (child !== undefined) this.#values(entry.value, child, [...path, key])
    }
  }

  #unsupportedKey(path: DocumentPath, span: SourceSpan): void {
    this.diagnostics.push({
      severity: this.#severity,
      code: 'unsupported-key',
      message: `Cannot run ${describePath(path)}: the key is valid, but this version does not support it`,
      span,
      ...this.#hint(),
    })
  }

  #unsupportedValue(value: Node, path: DocumentPath, expected: string): void {
    const text = value.kind === 'scalar' ? String(value.value) : ''
    this.diagnostics.push({
      severity: this.#severity,
      code: 'unsupported-key',
      message: `Cannot run ${describePath(path)}: this version does not support "${text}", expected ${expected}`,
      span: value.span,
      ...this.#hint(),
    })
  }

  #hint(): { readonly hint?: string } {
    return this.#severity === 'warning' ? {} : { hint: 'Remove it, or ignore it with --allow-unsupported' }
  }

  #keep(pattern: string, path: DocumentPath, span: SourceSpan): void {
    const first = this.#kept.get(pattern)
    this.#kept.set(pattern, { path, span, ...first, places: (first?.places ?? 0) + 1 })
  }
}

/** The first place of a key that has no effect, and how often it occurs in the document. */
interface KeptKey {
  readonly path: DocumentPath
  readonly span: SourceSpan
  readonly places: number
}

const KEPT_WORDS: Readonly<Record<KeptReason, string>> = {
  cluster: 'it only applies to a cluster',
  hint: 'it is a hint that has no effect on this machine',
  obsolete: 'it is obsolete',
  windows: 'it is for containers of Windows',
}

/** A key of the format without a value says nothing; a name of the user's choice still means something. */
function isEmptyKey(value: Node, { pattern }: SchemaPlace): boolean {
  return value.kind === 'scalar' && value.value === null && !pattern.endsWith('.*')
}
