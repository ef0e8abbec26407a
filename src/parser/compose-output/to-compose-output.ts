import { stringify } from 'yaml'
import { type MapNode, type Node, scalarAt, stringOf } from '../document/node.ts'
import { type PlainValue, plainValue } from '../document/plain-value.ts'
import type { ComposeDocument } from '../load-compose-document.ts'
import { mapEach, update } from '../normalise/update.ts'

/** Options of `config`. */
export interface OutputOptions {
  /**
   * Print a `$` as `$$`, so that the output loads back to the same project.
   *
   * @default true
   */
  readonly escapeDollars?: boolean
}

const SECTIONS = ['name', 'services', 'networks', 'volumes', 'secrets', 'configs', 'models']

/** Returns the project in docker compose's canonical YAML: long forms, sorted, defaults filled in. */
export function toComposeYaml(source: ComposeDocument, options: OutputOptions = {}): string {
  return stringify(canonicalValue(source, options), {
    lineWidth: 0,
    version: '1.1',
    schema: 'yaml-1.1',
    aliasDuplicateObjects: false,
  })
}

/** Returns the project in docker compose's canonical JSON, in which unset commands are null. */
export function toComposeJson(source: ComposeDocument, options: OutputOptions = {}): string {
  return `${JSON.stringify(withNullCommands(canonicalValue(source, options)), undefined, 2)}\n`
}

type PlainMap = { readonly [key: string]: PlainValue }

function canonicalValue({ document }: ComposeDocument, { escapeDollars = true }: OutputOptions): PlainMap {
  const printed = update(document, 'services', services => mapEach(services, printedService))
  const value = sorted(plainValue(printed))
  const plain = isMap(value) ? value : {}
  const order = [
    ...SECTIONS,
    ...Object.keys(plain)
      .filter(key => !SECTIONS.includes(key))
      .sort(),
  ]
  const entries = order.flatMap(key => {
    const section = plain[key]
    return section === undefined || isEmptyMap(section) ? [] : [[key, section] as const]
  })
  return escapeDollars ? mapText(Object.fromEntries(entries)) : Object.fromEntries(entries)
}

/** What docker compose prints of a service: no profiles of the run, numbers of ports as they are. */
function printedService(service: MapNode): Node {
  return update(service, 'extra_hosts', hosts =>
    hosts.kind === 'list' ? { ...hosts, items: sortedTexts(hosts.items) } : hosts,
  )
}

function sortedTexts(items: readonly Node[]): readonly Node[] {
  return items
    .map(item => scalarAt(item, stringOf(item) ?? ''))
    .toSorted((a, b) => (String(a.value) < String(b.value) ? -1 : 1))
}

/** Keys sorted, and unset bulk (empty lists) left out where docker compose leaves it out. */
function sorted(value: PlainValue): PlainValue {
  if (isList(value)) return value.map(sorted)
  if (!isMap(value)) return value
  const keys = Object.keys(value).sort()
  return Object.fromEntries(
    keys.flatMap(key => (value[key] === undefined ? [] : [[key, sorted(value[key])] as const])),
  )
}

function mapText(value: PlainMap): PlainMap {
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, escaped(item)]))
}

function escaped(value: PlainValue): PlainValue {
  if (typeof value === 'string') return value.replaceAll('$', '$$$$')
  if (isList(value)) return value.map(escaped)
  return isMap(value) ? mapText(value) : value
}

function withNullCommands(value: PlainMap): PlainMap {
  const services = value['services']
  if (services === undefined || !isMap(services)) return value
  const complete = Object.entries(services).map(([name, service]) => [
    name,
    isMap(service) ? sorted({ command: null, entrypoint: null, ...service }) : service,
  ])
  return { ...value, services: Object.fromEntries(complete) }
}

function isList(value: PlainValue): value is readonly PlainValue[] {
  return Array.isArray(value)
}

function isMap(value: PlainValue): value is PlainMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isEmptyMap(value: PlainValue): boolean {
  return isMap(value) && Object.keys(value).length === 0
}
