import type { StepKey } from '../../../store/built/step-records.ts'
import type { BuildLayer } from './build-layer.ts'
import type { StepLayer } from './image-document.ts'

/** What a step has made, whatever it started from. */
export interface StepResult {
  /** Another for each time that the step ran. */
  readonly resultId: string
  readonly layer: BuildLayer
  /** Resolves when the layer is hashed. */
  readonly made: () => Promise<StepLayer>
  /** Whether the step ran in this session. */
  readonly isMade: boolean
}

/** The files after a step, or of an image. */
export interface TreeState {
  /** The same for what later steps need not tell apart. */
  readonly resultId: string
  /** The lowest first. */
  readonly layers: readonly BuildLayer[]
}

/** The result of a step together with what it was made from. */
export interface StepState extends StepResult, TreeState {
  readonly key: StepKey
  /** The result that it started from. */
  readonly parent: string
  /** Digests of the files that it read. */
  readonly contents: readonly string[]
  /** See `readsOf`. */
  readonly reads: string | undefined
}
