import type { SchemaNode } from '../src/parser/schema/schema-node.ts'
import { schemaPaths } from '../src/parser/schema/schema-paths.ts'

/** A schema that still has its descriptions. */
export interface DescribedSchema extends SchemaNode {
  readonly description?: string
  readonly properties?: Readonly<Record<string, DescribedSchema>>
  readonly patternProperties?: Readonly<Record<string, DescribedSchema>>
  readonly items?: DescribedSchema
  readonly $defs?: Readonly<Record<string, DescribedSchema>>
}

/**
 * Returns TypeScript types for the documents that `schema` describes: `ComposeFile` and one type for each definition,
 * and the unions `KeyPattern` of all paths and `ValueKind` of all names of definitions.
 */
export function schemaTypes(schema: DescribedSchema): string {
  const definitions = Object.entries(schema.$defs ?? {})
  const patterns = new Set(schemaPaths().map(({ pattern }) => pattern))
  return [
    declared('A Compose file as plain data.', 'ComposeFile', schema),
    ...definitions.map(([kind, node]) => declared(node.description ?? kind, typeName(kind), node)),
    unionOf(
      'The name of a definition of the schema.',
      'ValueKind',
      definitions.map(([kind]) => kind),
    ),
    unionOf(
      "The path of a value: `*` stands for a name of the user's choice, `[]` for an entry of a list.",
      'KeyPattern',
      [...patterns],
    ),
  ].join('\n')
}

function declared(comment: string, name: string, node: DescribedSchema): string {
  return `/** ${comment} */\nexport type ${name} = ${typeOf(node, 0)}\n`
}

function unionOf(comment: string, name: string, texts: readonly string[]): string {
  return `/** ${comment} */\nexport type ${name} =\n${texts.map(text => `  | '${text}'`).join('\n')}\n`
}

function typeOf(node: DescribedSchema, depth: number): string {
  if (node.$ref !== undefined) return typeName(node.$ref.slice(node.$ref.lastIndexOf('/') + 1))
  if (node.enum !== undefined) return node.enum.map(text => `'${text}'`).join(' | ')
  if (node.type === undefined) return 'unknown'
  const types = typeof node.type === 'string' ? [node.type] : node.type
  return [...new Set(types.map(type => formOf(type, node, depth)))].join(' | ')
}

function formOf(type: string, node: DescribedSchema, depth: number): string {
  switch (type) {
    case 'object':
      return mapOf(node, depth)
    case 'array':
      return `ReadonlyArray<${node.items === undefined ? 'unknown' : typeOf(node.items, depth)}>`
    case 'integer':
      return 'number'
    default:
      return type
  }
}

/** A map with keys of the schema, or one from names of the user's choice to values of one type. */
function mapOf(node: DescribedSchema, depth: number): string {
  const { properties, additionalProperties, required = [] } = node
  if (properties === undefined) return `Readonly<Record<string, ${namedType(node, depth)}>>`
  const indent = '  '.repeat(depth + 1)
  const lines = Object.entries(properties).flatMap(([key, value]) => [
    ...(value.description === undefined ? [] : [`${indent}/** ${value.description} */`]),
    `${indent}readonly ${key}${required.includes(key) ? '' : '?'}: ${typeOf(value, depth + 1)}`,
  ])
  const isExtensible = additionalProperties === false || node.patternProperties?.['^x-'] !== undefined
  if (isExtensible) lines.push(`${indent}readonly [extension: \`x-\${string}\`]: unknown`)
  return `{\n${lines.join('\n')}\n${'  '.repeat(depth)}}`
}

function namedType({ patternProperties, additionalProperties }: DescribedSchema, depth: number): string {
  const named = Object.entries(patternProperties ?? {}).find(([pattern]) => pattern !== '^x-')?.[1]
  if (named !== undefined) return typeOf(named, depth)
  return typeof additionalProperties === 'object' ? typeOf(additionalProperties, depth) : 'unknown'
}

function typeName(kind: string): string {
  return `Compose${kind.slice(0, 1).toUpperCase()}${kind.slice(1)}`
}
