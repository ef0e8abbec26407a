/** The part of JSON Schema that holds the description of a key. */
interface SchemaText {
  readonly $ref?: string
  readonly description?: string
  readonly properties?: Readonly<Record<string, SchemaText>>
  readonly patternProperties?: Readonly<Record<string, SchemaText>>
  readonly additionalProperties?: boolean | SchemaText
  readonly items?: SchemaText
  readonly $defs?: Readonly<Record<string, SchemaText>>
}

/**
 * Returns the description of every path of a schema, e.g. `services.*.ports[].target`. What is written beside a reference
 * describes the key and overrides the description of the kind.
 */
export function schemaWords(schema: unknown): ReadonlyMap<string, string> {
  const root = parseSchema(schema)
  const words = new Map<string, string>()
  const kinds = root.$defs ?? {}
  visit(root, '')
  return words

  function visit(node: SchemaText, path: string): void {
    const kind = node.$ref === undefined ? node : (kinds[node.$ref.slice('#/$defs/'.length)] ?? node)
    const description = node.description ?? kind.description
    if (description !== undefined) words.set(path, description)
    for (const [step, child] of childrenOf(kind))
      visit(child, path === '' ? step.replace(/^\./, '') : path + step)
  }
}

function childrenOf(node: SchemaText): readonly (readonly [string, SchemaText])[] {
  const { properties = {}, patternProperties = {}, additionalProperties, items } = node
  const named = Object.entries(patternProperties).filter(([pattern]) => pattern !== '^x-')
  return [
    ...Object.entries(properties).map(([key, child]) => [`.${key}`, child] as const),
    ...named.map(([, child]) => ['.*', child] as const),
    ...(typeof additionalProperties === 'object' ? [['.*', additionalProperties] as const] : []),
    ...(items === undefined ? [] : [['[]', items] as const]),
  ]
}

function parseSchema(schema: unknown): SchemaText {
  if (typeof schema !== 'object' || schema === null)
    throw new Error('Cannot read the schema: it is not an object')
  return schema
}
