import type { SourceSpan } from '../../base/source-span.ts'
import type { AliasPaths } from '../document/alias-path.ts'
import type { ProjectEnvironment } from '../environment/project-environment.ts'
import type { Layer } from '../layer/layer.ts'
import type { ExpandedTemplate } from '../layer/load-session.ts'

/**
 * What a loaded project was merged from. The load only keeps it; what it says about one value is worked
 * out when someone asks.
 */
export interface Provenance {
  /** The lowest first. */
  readonly layers: readonly Layer[]
  readonly aliasPaths: AliasPaths
  /** By the very span object of the value. */
  readonly templates: ReadonlyMap<SourceSpan, ExpandedTemplate>
  /** The variables of the project; an included one has more. */
  readonly environment: ProjectEnvironment
}
