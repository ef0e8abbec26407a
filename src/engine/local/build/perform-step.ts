import { mkdirSync } from 'node:fs'
import { assertNever } from '../../../base/assert-never.ts'
import { TcomposeError } from '../../../base/tcompose-error.ts'
import { temporaryName } from '../../../disk/temporary-name.ts'
import type { ImageBuild } from '../../../model/build-event.ts'
import type {
  BuildStep,
  CopyOperation,
  RunMount,
  RunOperation,
  TreeRef,
} from '../../../planner/build/build-graph.ts'
import { hasLayer } from '../../../store/layers/layer-store.ts'
import type { BuildLayer } from './build-layer.ts'
import type { BuildMachine } from './build-machine.ts'
import type { RememberedStep } from './build-memory.ts'
import { copyOfContext } from './copy-of-context.ts'
import { makeCopyLayer } from './files/make-copy-layer.ts'
import { makeWorkdirLayer } from './files/make-workdir-layer.ts'
import { OutputTail } from './output-tail.ts'
import { readAgents } from './read-agents.ts'
import { readSecrets } from './read-secrets.ts'
import type { MountSource } from './run/run-request.ts'
import { openRunSession, type RunSession } from './run/run-session.ts'
import type { Performed, StepWalk } from './step-walk.ts'

/** Makes the layers of a build's steps. */
export class StepPerformer implements AsyncDisposable {
  readonly #build: ImageBuild
  readonly #machine: BuildMachine
  readonly #earlier: readonly RememberedStep[]
  #runs: RunSession | undefined

  /** @param earlier The steps of the last build of the image: what did not change is not copied again. */
  constructor(build: ImageBuild, machine: BuildMachine, earlier: readonly RememberedStep[]) {
    this.#build = build
    this.#machine = machine
    this.#earlier = earlier
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
        await this.#run(making, operation)
        return { isAsKeyed: true }
      default:
        return assertNever(operation)
    }
  }

  async #copy({ step, parent, folder, walk }: Making, operation: CopyOperation): Promise<Performed> {
    const previous = await this.#previous(step)
    mkdirSync(folder)
    const { changed } = await makeCopyLayer({
      operation,
      parent,
      folder,
      access: walk.access,
      ...(previous && { previous }),
      onWarning: (message, span) => this.#machine.onEvent({ kind: 'notice', message, span }),
    })
    return { isAsKeyed: changed.length === 0 }
  }

  /** Returns what the step made when the image was built last. */
  async #previous({ stage, position }: BuildStep): Promise<BuildLayer | undefined> {
    const { session } = this.#machine
    const earlier = this.#earlier.find(step => step.stage === stage && step.position === position)
    if (earlier === undefined) return undefined
    await session.lease.keep([`layer ${earlier.diffId}`])
    return hasLayer(session.roots, earlier.diffId) ? session.stored(earlier.diffId) : undefined
  }

  async #run({ step, parent, folder, walk, releasePaths }: Making, operation: RunOperation): Promise<void> {
    const { signal, onEvent, environment } = this.#machine
    const { config } = this.#build
    const tail = new OutputTail()
    const { exitCode } = await this.#session().run({
      label: step.text,
      span: step.span,
      operation,
      layers: mountedFolders(parent),
      folder,
      sources: await Promise.all(operation.mounts.map(mount => this.#source(mount, walk))),
      secrets: readSecrets(config.secrets, environment),
      agents: readAgents(config.ssh, environment),
      onLine: (stream, line) => {
        tail.add(line)
        onEvent({ kind: 'step-output', id: step.id, stream, line })
      },
      onStarted: releasePaths,
      signal,
    })
    if (exitCode !== 0) throw stepFailed(step, exitCode, tail.lines)
  }

  /** Returns the files that a mount shows. Those of a context are copied: the host's may change while the command runs. */
  async #source(mount: RunMount, walk: StepWalk): Promise<MountSource | undefined> {
    if (mount.kind !== 'bind' && mount.kind !== 'cache') return undefined
    const { from } = mount
    if (from === undefined) return undefined
    if (from.kind === 'context') return { layers: [await this.#contextLayer(mount, from, walk)] }
    return { layers: mountedFolders((await walk.state(from)).layers) }
  }

  async #contextLayer(
    { source, span }: RunMount & { source: string },
    from: TreeRef,
    walk: StepWalk,
  ): Promise<string> {
    const folder = this.#machine.session.newFolder()
    mkdirSync(folder)
    await makeCopyLayer({
      operation: copyOfContext(from, source, span),
      parent: [],
      folder,
      access: walk.access,
    })
    return folder
  }

  #session(): RunSession {
    const { session, programs } = this.#machine
    this.#runs ??= openRunSession({
      roots: session.roots,
      programs,
      name: temporaryName(),
      settings: this.#build.config,
    })
    return this.#runs
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#runs?.[Symbol.asyncDispose]()
  }
}

/** A layer to be made. */
interface Making {
  readonly step: BuildStep
  readonly parent: readonly BuildLayer[]
  readonly folder: string
  readonly walk: StepWalk
  /** Lets the paths of layers change. */
  readonly releasePaths: () => void
}

/** overlayfs refuses a folder that comes twice: the topmost of equal layers covers what the lower ones hold. */
function mountedFolders(layers: readonly BuildLayer[]): readonly string[] {
  const folders = layers.map(({ folder }) => folder)
  return folders.filter((folder, index) => folders.lastIndexOf(folder) === index)
}

function stepFailed({ text, span }: BuildStep, exitCode: number, notes: readonly string[]): TcomposeError {
  return new TcomposeError('build-step', `Cannot run "${text}": it exited with ${exitCode}`, {
    span,
    notes,
    hint: 'Run "tcompose build --shell" to look at the files as the command left them',
  })
}
