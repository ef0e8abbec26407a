import type { Diagnostic } from '../../base/diagnostic.ts'
import type { AliasPaths } from './alias-path.ts'
import type { MapNode } from './node.ts'

/** The documents of one file, in order, each a map. */
export interface YamlFile {
  readonly documents: readonly MapNode[]
  readonly aliasPaths: AliasPaths
  readonly diagnostics: readonly Diagnostic[]
}
