import { mkdirSync } from 'node:fs'
import { assertNever } from '../../../base/assert-never.ts'
import { TcomposeError } from '../../../base/tcompose-error.ts'
import type { ImageBuild } from '../../../model/build-event.ts'
import type { BuildStep, CopyOperation } from '../../../planner/build/build-graph.ts'
import { hasLayer } from '../../../store/layers/layer-store.ts'
import type { BuildLayer } from './build-layer.ts'
import type { BuildMachine } from './build-machine.ts'
import type { RememberedStep } from './build-memory.ts'
import { CommandSteps, type Making } from './command-steps.ts'
import { makeCopyLayer } from './files/make-copy-layer.ts'
import { makeWorkdirLayer } from './files/make-workdir-layer.ts'
import type { Performed, StepWalk } from './step-walk.ts'

/** Makes the layers of a build's steps. */
export class StepPerformer implements AsyncDisposable {
  readonly #machine: BuildMachine
  readonly #earlier: readonly RememberedStep[]
  readonly #commands: CommandSteps

  /** @param earlier The steps of the last build of the image: what did not change is not copied again. */
  constructor(build: ImageBuild, machine: BuildMachine, earlier: readonly RememberedStep[]) {
    this.#machine = machine
    this.#earlier = earlier
    this.#commands = new CommandSteps(build, machine)
  }

  /**
   * Makes the layer of `step` at `folder`, where nothing is yet.
   *
   * @throws {TcomposeError} `build-step` if a command fails, `build-source`, `build-secret`, with the place of the step.
   */
  async perform(step: BuildStep, folder: string, walk: StepWalk): Promise<Performed> {
    const parent = step.parent.kind === 'context' ? [] : (await walk.state(step.parent)).layers
    using paths = await this.#machine.session.paths.use()
    const releasePaths = () => paths[Symbol.dispose]()
    try {
      return await this.#make({ step, parent, folder, walk, releasePaths })
    } catch (error) {
      throw error instanceof TcomposeError ? error.within(step.span) : error
    }
  }

  /** See `CommandSteps.offerShell`. */
  async offerShell(error: unknown, signal: AbortSignal): Promise<void> {
    await this.#commands.offerShell(error, signal)
  }

  async #make(making: Making): Promise<Performed> {
    const { operation, span } = making.step
    const { parent, folder } = making
    switch (operation.kind) {
      case 'copy':
        return await this.#copy(making, operation)
      case 'workdir':
        mkdirSync(folder)
        makeWorkdirLayer({ operation, parent, folder, span })
        return { isAsKeyed: true }
      case 'run':
        await this.#commands.run(making, operation)
        return { isAsKeyed: true }
      default:
        return assertNever(operation)
    }
  }

  async #copy({ step, parent, folder, walk }: Making, operation: CopyOperation): Promise<Performed> {
    const previous = await this.#previous(step)
    mkdirSync(folder)
    const { changed, ...sealing } = await makeCopyLayer({
      operation,
      parent,
      folder,
      access: walk.access,
      ...(previous && { previous }),
      onWarning: (message, span) => this.#machine.onEvent({ kind: 'notice', message, span }),
    })
    return { isAsKeyed: changed.length === 0, sealing }
  }

  /** Returns what the step made when the image was built last. */
  async #previous({ stage, position }: BuildStep): Promise<BuildLayer | undefined> {
    const { session } = this.#machine
    const earlier = this.#earlier.find(step => step.stage === stage && step.position === position)
    if (earlier === undefined) return undefined
    await session.lease.keep([`layer ${earlier.diffId}`])
    return hasLayer(session.roots, earlier.diffId) ? session.stored(earlier.diffId) : undefined
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#commands[Symbol.asyncDispose]()
  }
}
