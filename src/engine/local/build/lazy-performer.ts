import type { ImageBuild } from '../../../model/build-event.ts'
import type { BuildStep } from '../../../planner/build/build-graph.ts'
import type { BuildMachine } from './build-machine.ts'
import type { RememberedStep } from './build-memory.ts'
import type { StepPerformer } from './perform-step.ts'
import type { Performed, StepWalk } from './step-walk.ts'

/** A `StepPerformer` that is loaded for the first step that runs: most builds find all steps. */
export class LazyPerformer implements AsyncDisposable {
  readonly #open: () => Promise<StepPerformer>
  #opened: Promise<StepPerformer> | undefined
  #closing: Promise<void> | undefined

  /** @param earlier As for `StepPerformer`. */
  constructor(build: ImageBuild, machine: BuildMachine, earlier: readonly RememberedStep[]) {
    this.#open = async () => {
      const { StepPerformer } = await import('./perform-step.ts')
      return new StepPerformer(build, machine, earlier)
    }
  }

  /** As `StepPerformer.perform`. */
  async perform(step: BuildStep, folder: string, walk: StepWalk): Promise<Performed> {
    this.#opened ??= this.#open()
    return await (await this.#opened).perform(step, folder, walk)
  }

  /** As `StepPerformer.offerShell`. */
  async offerShell(error: unknown, signal: AbortSignal): Promise<void> {
    await (await this.#opened)?.offerShell(error, signal)
  }

  /** Removes what commands ran with, and resolves when it is gone. No command runs from then on; other steps may. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    const performer = await this.#opened
    await performer?.[Symbol.asyncDispose]()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}
