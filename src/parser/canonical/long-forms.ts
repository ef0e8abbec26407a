import { parseCdiName } from '../../model/cdi-name.ts'
import { entriesOf, itemsOf, listAt, mapAt, type Node, scalarAt, stringOf } from '../document/node.ts'
import type { ValueKind } from '../generated/compose-types.ts'
import type { FormContext } from './form-context.ts'
import { longKeyValues, longLabels } from './long-key-values.ts'
import { isOpenBind, longMounts } from './long-mounts.ts'
import { longPorts } from './long-ports.ts'
import { splitCommand } from './split-command.ts'

/** Brings a value to its long form. A value that does not fit the schema comes back as it is. */
export type LongForm = (node: Node, context: FormContext) => Node

/** By kind: the name of the definition in schemas/compose.schema.json. Kinds without a row have one form only. */
export const LONG_FORMS: ReadonlyMap<string, LongForm> = new Map<ValueKind, LongForm>([
  ['build', node => keyed(node, 'context')],
  ['command', longCommand],
  ['devices', (node, context) => mapItems(node, item => longDevice(item, context))],
  ['driverOptions', longLabels],
  ['envFiles', node => mapItems(asList(node), item => keyed(item, 'path'))],
  ['extends', node => keyed(node, 'service')],
  ['external', longExternal],
  ['extraHosts', longExtraHosts],
  ['fileGrants', node => mapItems(node, item => keyed(item, 'source'))],
  ['gpus', longGpus],
  ['healthTest', longHealthTest],
  ['include', node => keyed(node, 'path')],
  ['keyValues', longKeyValues],
  ['labels', longLabels],
  ['logOptions', longLabels],
  ['mounts', longMounts],
  ['network', nullAsMap],
  ['ports', longPorts],
  ['serviceDependencies', longDependencies],
  ['serviceModels', node => namesAsMap(node, item => scalarAt(item, null))],
  ['serviceNetworks', node => namesAsMap(node, item => scalarAt(item, null))],
  ['sshKeys', longSshKeys],
  ['stringOrList', asList],
  [
    'texts',
    node => mapItems(node, item => (item.kind === 'scalar' ? scalarAt(item, String(item.value)) : item)),
  ],
  ['volume', nullAsMap],
])

/**
 * The kinds whose texts are split at characters that a variable's default may hold too, and whether a text with
 * a variable can be split all the same. Lists among them are brought to their long form entry by entry.
 */
export const PARSED_FORMS: ReadonlyMap<string, (text: string) => boolean> = new Map<
  ValueKind,
  (text: string) => boolean
>([
  ['command', () => false],
  ['devices', () => false],
  ['extraHosts', () => false],
  ['gpus', () => false],
  ['mounts', isOpenBind],
  ['ports', () => false],
])

/** Turns a plain string into a map with the string at `key`. */
function keyed(node: Node, key: string): Node {
  return stringOf(node) === undefined ? node : mapAt(node, [[key, node]])
}

function asList(node: Node): Node {
  return stringOf(node) === undefined ? node : listAt(node, [node])
}

function mapItems(node: Node, form: (item: Node) => Node): Node {
  return node.kind === 'list' ? { ...node, items: node.items.map(form) } : node
}

function nullAsMap(node: Node): Node {
  return node.kind === 'scalar' && node.value === null ? mapAt(node, []) : node
}

function namesAsMap(node: Node, value: (item: Node) => Node): Node {
  if (node.kind !== 'list') return node
  return mapAt(
    node,
    node.items.flatMap(item => {
      const name = stringOf(item)
      return name === undefined ? [] : [[name, value(item)] as const]
    }),
  )
}

function longDependencies(node: Node): Node {
  return namesAsMap(node, item =>
    mapAt(item, [
      ['condition', scalarAt(item, 'service_started')],
      ['required', scalarAt(item, true)],
    ]),
  )
}

function longCommand(node: Node, context: FormContext): Node {
  const text = stringOf(node)
  if (text === undefined) return node
  const words = splitCommand(text)
  if (words === undefined) {
    context.report(node, { message: 'a quote is not closed', hint: 'Write it as a list, or close the quote' })
    return listAt(node, [])
  }
  return listAt(
    node,
    words.map(word => scalarAt(node, word)),
  )
}

function longHealthTest(node: Node): Node {
  return stringOf(node) === undefined ? node : listAt(node, [scalarAt(node, 'CMD-SHELL'), node])
}

/** Colons of a CDI name separate nothing. */
function longDevice(node: Node, context: FormContext): Node {
  const text = stringOf(node)
  if (text === undefined) return node
  const [source = '', target, permissions, ...rest] = parseCdiName(text) ? [text] : text.split(':')
  if (rest.length > 0)
    context.report(node, {
      message: `it is "${text}", expected "SOURCE:TARGET:PERMISSIONS" at most`,
      hint: 'Write a path with a colon as a map with "source" and "target"',
    })
  return mapAt(node, [
    ['source', scalarAt(node, source)],
    ['target', scalarAt(node, target || source)],
    ['permissions', scalarAt(node, permissions ?? 'rwm')],
  ])
}

/** The agent of the user has a name alone; a key has a path behind it. */
function longSshKeys(node: Node): Node {
  if (node.kind !== 'map') return node
  const keys = [...node.entries].map(([name, { value }]) => {
    const path = value.kind === 'scalar' ? value.value : null
    return scalarAt(value, path === null ? name : `${name}=${path}`)
  })
  return listAt(node, keys)
}

function longGpus(node: Node): Node {
  return stringOf(node) === undefined ? node : listAt(node, [mapAt(node, [['count', scalarAt(node, -1)]])])
}

/** The old form `external: {name: x}` keeps its name at the place of `external`; the normal form reads it there. */
function longExternal(node: Node): Node {
  return node.kind === 'map' && node.entries.size === 0 ? scalarAt(node, true) : node
}

function longExtraHosts(node: Node, context: FormContext): Node {
  if (node.kind === 'list') return { ...node, items: node.items.flatMap(item => hostLines(item, context)) }
  if (node.kind !== 'map') return node
  const lines = [...entriesOf(node)].flatMap(([host, { value }]) =>
    (value.kind === 'list' ? itemsOf(value) : [value]).map(address =>
      scalarAt(address, `${host}=${withoutBrackets(stringOf(address) ?? '')}`),
    ),
  )
  return listAt(node, lines)
}

function hostLines(item: Node, context: FormContext): readonly Node[] {
  const text = stringOf(item)
  if (text === undefined) return [item]
  const separator = text.includes('=') ? text.indexOf('=') : text.indexOf(':')
  if (separator < 1 || separator === text.length - 1) {
    context.report(item, { message: `it is "${text}", expected "host=address"` })
    return []
  }
  const host = text.slice(0, separator).trim()
  const addresses = text.slice(separator + 1).split(',')
  return addresses.map(address => scalarAt(item, `${host}=${withoutBrackets(address.trim())}`))
}

function withoutBrackets(address: string): string {
  return address.replace(/^\[(.*)\]$/, '$1')
}
