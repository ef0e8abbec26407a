import type { SourceSpan } from '../../base/source-span.ts'
import type { MapNode } from '../document/node.ts'
import type { ProjectEnvironment } from '../environment/project-environment.ts'

/**
 * One tree that the project was merged from, in canonical form, with its marks of `!reset` and `!override`. Of
 * two layers the later one lies over the earlier one.
 */
export interface Layer {
  readonly role: LayerRole
  readonly document: MapNode
  /** How its file came into the project, outermost first; empty for a file of the request. */
  readonly references: readonly Reference[]
  /** The variables that it was interpolated with. */
  readonly environment: ProjectEnvironment
}

/** `base` is the first document of the request, `override` any other of it. */
export type LayerRole = 'base' | 'override' | 'include' | 'extends'

/** A key that brings a file or a service in. */
export interface Reference {
  readonly kind: 'include' | 'extends'
  /** The path or the service's name, as the file has it. */
  readonly target: string
  readonly span: SourceSpan
}

/** Layers, and the tree that they make. */
export interface Layers {
  readonly tree: MapNode | undefined
  readonly layers: readonly Layer[]
}

export const NO_LAYERS: Layers = { tree: undefined, layers: [] }
