import type { Diagnostic } from '../../base/diagnostic.ts'
import type { Detours } from './detour.ts'
import type { MapNode } from './node.ts'

/** The documents of one file, in order, each a map. */
export interface YamlFile {
  readonly documents: readonly MapNode[]
  readonly detours: Detours
  readonly diagnostics: readonly Diagnostic[]
}
