import type { MapNode, Node } from '../document/node.ts'
import { type PlainValue, plainValue } from '../document/plain-value.ts'
import { placeOfItems, placeOfKey, rootPlace, type SchemaPlace } from '../schema/schema-node.ts'
import { orderKeys } from './attribute-order.ts'
import { plainYaml } from './plain-yaml.ts'
import { saysNothing } from './says-nothing.ts'

/** A project as one document, or a part of it. */
export interface OutputSource {
  readonly document: MapNode
}

/** How values are printed. */
export interface OutputOptions {
  /**
   * Print a `$` as `$$`, so that the output loads back to the same project.
   *
   * @default true
   */
  readonly escapeDollars?: boolean
  /**
   * Show unset commands in JSON as null. Not for a file to merge over another: there null erases.
   *
   * @default true
   */
  readonly showNulls?: boolean
  /**
   * The order of keys. Docker Compose has its own for what it has understood, and none for a file whose variables stay.
   *
   * @default 'canonical'
   */
  readonly order?: 'canonical' | 'alphabetical'
}

/** Returns a document in docker compose's canonical YAML: long forms, in its order, empty sections left out. */
export function toComposeYaml({ document }: OutputSource, options: OutputOptions = {}): string {
  return plainYaml(canonicalValue(document, options))
}

/** Returns a document in docker compose's canonical JSON, in which unset commands are null. */
export function toComposeJson({ document }: OutputSource, options: OutputOptions = {}): string {
  const plain = canonicalValue(document, options)
  const value = (options.showNulls ?? true) ? withNulls(plain) : plain
  const sorted = Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
  return `${JSON.stringify(sorted, undefined, 2)}\n`
}

/** Returns a document as docker compose gives it to transformations: keys sorted, a `$` as it is; pkg/bridge/convert.go. */
export function toModelYaml(document: MapNode): string {
  return plainYaml(sorted(canonicalValue(document, { escapeDollars: false })), { indent: 4 })
}

function sorted(value: PlainValue): PlainValue {
  if (Array.isArray(value)) return value.map(sorted)
  if (!isMap(value)) return value
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([key, item]) => [key, sorted(item)]))
}

type PlainMap = { readonly [key: string]: PlainValue }

function canonicalValue(document: MapNode, options: OutputOptions): PlainMap {
  const print = new Printing(options)
  const value = print.map(document, rootPlace())
  return Object.fromEntries(Object.entries(value).filter(([, section]) => !isEmptyMap(section)))
}

class Printing {
  readonly #escapeDollars: boolean
  readonly #isAlphabetical: boolean

  constructor({ escapeDollars = true, order = 'canonical' }: OutputOptions) {
    this.#escapeDollars = escapeDollars
    this.#isAlphabetical = order === 'alphabetical'
  }

  map(map: MapNode, place: SchemaPlace | undefined): PlainMap {
    const plain: { [key: string]: PlainValue } = Object.create(null)
    const keys = this.#isAlphabetical
      ? [...map.entries.keys()].sort()
      : orderKeys(map.entries.keys(), place?.pattern)
    for (const key of keys) {
      const value = map.entries.get(key)?.value
      const child = place === undefined ? undefined : placeOfKey(place, key)
      if (value === undefined || !isKept(value) || saysNothing(value, child)) continue
      plain[key] = this.#node(value, child)
    }
    return plain
  }

  #node(node: Node, place: SchemaPlace | undefined): PlainValue {
    switch (node.kind) {
      case 'map':
        return this.map(node, place)
      case 'list': {
        const items = place === undefined ? undefined : placeOfItems(place)
        return node.items.filter(isKept).map(item => this.#node(item, items))
      }
      case 'scalar': {
        const value = plainValue(node)
        return this.#escapeDollars && typeof value === 'string' ? value.replaceAll('$', '$$$$') : value
      }
    }
  }
}

/** Leaves out what `!reset` removes. */
function isKept(node: Node): boolean {
  return node.directive !== 'reset'
}

/** JSON shows what YAML leaves out: unset commands, and networks without addresses of their own. */
function withNulls(value: PlainMap): PlainMap {
  return withEach(
    withEach(value, 'services', service => ({ command: null, entrypoint: null, ...service })),
    'networks',
    network => ({ ipam: {}, ...network }),
  )
}

function withEach(value: PlainMap, section: string, complete: (item: PlainMap) => PlainMap): PlainMap {
  const items = value[section]
  if (items === undefined || !isMap(items)) return value
  const completed = Object.entries(items).map(([name, item]) => [
    name,
    isMap(item) ? ordered(complete(item), `${section}.*`) : item,
  ])
  return { ...value, [section]: Object.fromEntries(completed) }
}

function ordered(value: PlainMap, pattern: string): PlainMap {
  return Object.fromEntries(orderKeys(Object.keys(value), pattern).map(key => [key, value[key] ?? null]))
}

function isMap(value: PlainValue): value is PlainMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isEmptyMap(value: PlainValue): boolean {
  return isMap(value) && Object.keys(value).length === 0
}
