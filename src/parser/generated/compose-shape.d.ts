import type { SchemaNode } from '../schema/schema-node.ts'

/** The schema of Compose files without titles, descriptions, defaults and examples. */
declare const shape: SchemaNode & { readonly $defs: Readonly<Record<string, SchemaNode>> }

export default shape
