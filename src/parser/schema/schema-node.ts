import schema from '../generated/compose-shape.js'
import type { ValueKind } from '../generated/compose-types.ts'

/** The part of JSON Schema that schemas/compose.schema.json is written in. */
export interface SchemaNode {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly enum?: readonly string[]
  readonly pattern?: string
  readonly properties?: Readonly<Record<string, SchemaNode>>
  readonly patternProperties?: Readonly<Record<string, SchemaNode>>
  readonly additionalProperties?: boolean | SchemaNode
  readonly items?: SchemaNode
  readonly required?: readonly string[]
  readonly uniqueItems?: boolean
}

/** A schema with its references resolved. `kind` is the name of the definition it came from, if any. */
export interface SchemaPlace {
  readonly schema: SchemaNode
  readonly kind: string | undefined
  /** The path with `*` for keys of the user's choice and `[]` for list items, e.g. `services.*.ports[].target`. */
  readonly pattern: string
}

const ROOT: SchemaNode = schema
const DEFINITIONS: ReadonlyMap<string, SchemaNode> = new Map(Object.entries(schema.$defs))
const REFERENCE_PREFIX = '#/$defs/'

const ROOT_PLACE: SchemaPlace = { schema: ROOT, kind: undefined, pattern: '' }

/** Tells whether a value of `kind` may be a map or a list of KEY=VALUE. */
export function isKeyValues(kind: string | undefined): boolean {
  return kind !== undefined && KEY_VALUES.has(kind)
}

const KEY_VALUES: ReadonlySet<string> = new Set<ValueKind>(['keyValues', 'labels', 'sshKeys'])

/** The whole document. */
export function rootPlace(): SchemaPlace {
  return ROOT_PLACE
}

/** Returns the schema of the value at `key`, or undefined for a key that is unknown or free (`x-`). */
export function placeOfKey(place: SchemaPlace, key: string): SchemaPlace | undefined {
  const { properties, additionalProperties } = place.schema
  const fixed = properties !== undefined && Object.hasOwn(properties, key) ? properties[key] : undefined
  if (fixed !== undefined) return childOf(place, `.${key}`, fixed)
  const named = namedValues(place, key)
  if (named !== undefined) return childOf(place, '.*', named)
  return typeof additionalProperties === 'object' ? childOf(place, '.*', additionalProperties) : undefined
}

/** Returns the schema of every item of a list, or undefined where lists are free or not allowed. */
export function placeOfItems(place: SchemaPlace): SchemaPlace | undefined {
  const { items } = place.schema
  return items === undefined ? undefined : childOf(place, '[]', items)
}

/** Every value of a document asks for its place, so that each place is made once. */
const CHILDREN = new WeakMap<SchemaPlace, Map<string, SchemaPlace>>()

/** `step` tells the children of a place apart: no place has two kinds of names. */
function childOf(place: SchemaPlace, step: string, node: SchemaNode): SchemaPlace {
  const children = CHILDREN.get(place) ?? new Map<string, SchemaPlace>()
  const known = children.get(step)
  if (known !== undefined) return known
  const child = resolve(node, place.pattern === '' ? step.replace(/^\./, '') : `${place.pattern}${step}`)
  CHILDREN.set(place, children.set(step, child))
  return child
}

/** The keys that a map may hold here, the `x-` ones aside. */
export function knownKeys(place: SchemaPlace): readonly string[] {
  return Object.keys(place.schema.properties ?? {})
}

/** Tells whether the keys here are names of the user's choice. */
export function hasNamedValues(place: SchemaPlace): boolean {
  return namedSchemas(place).length > 0
}

/** The types that a value may have here, in JSON Schema's words. */
export function allowedTypes(place: SchemaPlace): readonly string[] {
  const { type } = place.schema
  if (type === undefined) return []
  return typeof type === 'string' ? [type] : type
}

function namedValues(place: SchemaPlace, key: string): SchemaNode | undefined {
  return namedSchemas(place).find(([pattern]) => compiled(pattern).test(key))?.[1]
}

const NO_NAMES: readonly (readonly [string, SchemaNode])[] = []
const NAMED = new WeakMap<SchemaNode, readonly (readonly [string, SchemaNode])[]>()

function namedSchemas({ schema: node }: SchemaPlace): readonly (readonly [string, SchemaNode])[] {
  if (node.patternProperties === undefined) return NO_NAMES
  const known = NAMED.get(node)
  if (known !== undefined) return known
  const named = Object.entries(node.patternProperties).filter(([pattern]) => pattern !== '^x-')
  NAMED.set(node, named)
  return named
}

const EXPRESSIONS = new Map<string, RegExp>()

function compiled(pattern: string): RegExp {
  const known = EXPRESSIONS.get(pattern)
  if (known !== undefined) return known
  const expression = new RegExp(pattern)
  EXPRESSIONS.set(pattern, expression)
  return expression
}

function resolve(node: SchemaNode, pattern: string): SchemaPlace {
  const kind = node.$ref?.slice(REFERENCE_PREFIX.length)
  if (kind === undefined) return { schema: node, kind, pattern }
  const target = DEFINITIONS.get(kind)
  if (target === undefined)
    throw new Error(`Cannot resolve schema reference "${node.$ref}": it is not defined`)
  return { schema: target, kind, pattern }
}
