import type { AiModel, ModelAddress } from '../model/ai-model.ts'

/** Where programs that serve models run, and with what. */
export interface ModelPlace {
  readonly folder: string
  readonly environment: ReadonlyMap<string, string>
  readonly signal: AbortSignal
}

/** What is known of a model. */
export type FoundModel =
  /** The user says where it is. */
  | ({ readonly kind: 'address' } & ModelAddress)
  /** A program serves it, which has to be told. */
  | ({ readonly kind: 'served' } & ModelAddress)
  /** `reason` completes "Cannot use model ...: ". */
  | {
      readonly kind: 'missing'
      readonly reason: string
      readonly hint: string
      readonly notes: readonly string[]
    }

/** What serves AI models on this machine. */
export interface ModelPort {
  find(model: AiModel, place: ModelPlace): Promise<FoundModel>
  /**
   * Has the program that serves models fetch and set up one.
   *
   * @throws {TcomposeError} `model`.
   */
  prepare(model: AiModel, place: ModelPlace & { readonly onInfo: (message: string) => void }): Promise<void>
}
