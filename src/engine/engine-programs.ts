/** Programs that the engine starts beside itself. */
export interface EnginePrograms {
  /** Path of the keeper. */
  readonly keeper: string
  /** The supervisor's argv, without the arguments that name its project. */
  readonly supervisor: readonly string[]
}
