/** What the build made beside the program itself. */
export interface EnginePrograms {
  /** Path of the keeper. */
  readonly keeper: string
  /** The supervisor's argv, without the arguments that name its project. */
  readonly supervisor: readonly string[]
  /** The folder with stored seccomp filters. */
  readonly filters: string
}
