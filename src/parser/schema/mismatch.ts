import type { SourceSpan } from '../../base/source-span.ts'
import type { DocumentPath } from '../document/describe-path.ts'
import type { MapNode, Node } from '../document/node.ts'
import type { SchemaError } from '../generated/validate-compose.js'
import type { SchemaPlace } from './schema-node.ts'

/** A schema error with the value, its schema and its place. */
export interface Mismatch {
  readonly document: MapNode
  readonly error: SchemaError
  readonly node: Node
  readonly place: SchemaPlace
  readonly path: DocumentPath
  /** The key that leads to the value, or the value itself in a list. */
  readonly keySpan: SourceSpan
}
