import type { ProjectEnvironment } from '../environment/project-environment.ts'
import type { PathBase } from '../normalise/resolve-paths.ts'
import type { Reference } from './layer.ts'

/** What the files of one project, or of one that it includes, have in common. */
export interface LayerScope {
  /** Where its relative paths start. */
  readonly base: PathBase
  readonly environment: ProjectEnvironment
  /** How it came into the project, outermost first. */
  readonly references: readonly Reference[]
  /** The files that led here and those of the scope itself: to include one of them is a circle. */
  readonly trail: readonly string[]
}
