import type { AbsolutePath } from '../../base/absolute-path.ts'
import type { Diagnostic } from '../../base/diagnostic.ts'
import type { MapNode } from '../document/node.ts'
import type { FileSource } from '../load-request.ts'
import type { PathBase } from '../normalise/resolve-paths.ts'

/** What the environment and the labels of services are made from. */
export interface ServiceFileSources {
  readonly files: FileSource
  /** The project's variables. */
  readonly variables: ReadonlyMap<string, string>
  /** The folder that paths left relative start from, and the one that `~` means. */
  readonly base: PathBase
  /** Paths in messages are relative to it. */
  readonly workingDirectory: AbsolutePath
}

/** A service with one kind of file folded in. */
export interface ResolvedService {
  readonly service: MapNode
  readonly diagnostics: readonly Diagnostic[]
}
