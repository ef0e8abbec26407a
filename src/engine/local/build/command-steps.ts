import { mkdirSync } from 'node:fs'
import { TcomposeError } from '../../../base/tcompose-error.ts'
import { temporaryName } from '../../../disk/temporary-name.ts'
import type { ImageBuild } from '../../../model/build-event.ts'
import type { BuildStep, RunMount, RunOperation, TreeRef } from '../../../planner/build/build-graph.ts'
import type { AttachedIo } from '../../exec-io.ts'
import { OutputTail } from '../attach/output-tail.ts'
import type { BuildLayer } from './build-layer.ts'
import type { BuildMachine } from './build-machine.ts'
import { copyOfContext } from './copy-of-context.ts'
import { makeCopyLayer } from './files/make-copy-layer.ts'
import { OutputPace } from './output-pace.ts'
import { readAgents } from './read-agents.ts'
import { readSecrets } from './read-secrets.ts'
import { openRunSession, type RunSession } from './run/run-session.ts'
import type { StepWalk } from './step-walk.ts'
import { summaryOf } from './summary-of.ts'

/** Runs the commands of a build's steps. Disposal removes what they ran with. */
export class CommandSteps implements AsyncDisposable {
  readonly #build: ImageBuild
  readonly #machine: BuildMachine
  #runs: RunSession | undefined
  #failed: FailedRun | undefined

  constructor(build: ImageBuild, machine: BuildMachine) {
    this.#build = build
    this.#machine = machine
  }

  /**
   * Runs the command of a step.
   *
   * @throws {TcomposeError} `build-step` if it fails, and as `RunSession.run`.
   */
  async run({ step, parent, folder, walk, releasePaths }: Making, operation: RunOperation): Promise<void> {
    const { signal, onEvent, whenShown, onFailedStep } = this.#machine
    const tail = new OutputTail()
    const pace = new OutputPace(whenShown)
    const sources = await Promise.all(operation.mounts.map(mount => this.#source(mount, walk)))
    const { exitCode } = await this.#session().run({
      ...this.#runInputs({ step, operation, sources }),
      layers: mountedFolders(parent),
      folder,
      onLine: (stream, line) => {
        tail.add(line)
        onEvent({ kind: 'step-output', id: step.id, stream, line })
        return pace.add(line)
      },
      onStarted: releasePaths,
      signal,
    })
    if (exitCode === 0) return
    const hint = onFailedStep === undefined ? shellHint(this.#build) : {}
    const error = stepFailed(step, exitCode, { notes: tail.lines, ...hint })
    this.#failed ??= { error, step, operation, sources, parent, folder }
    throw error
  }

  /**
   * Offers a shell in the files of the command that failed with `error`, if one did, and waits until whoever wanted it
   * needs them no more. Other steps have ended, as the shell has the terminal for itself.
   *
   * @param signal Ends the shell: that of the build is aborted.
   */
  async offerShell(error: unknown, signal: AbortSignal): Promise<void> {
    const { onFailedStep, onEvent } = this.#machine
    const failed = this.#failed
    if (failed === undefined || failed.error !== error || onFailedStep === undefined || signal.aborted) return
    const { step } = failed
    try {
      await onFailedStep({
        build: this.#build,
        step: summaryOf(step),
        error: failed.error,
        shell: io => this.#shell(failed, io, signal),
      })
    } catch (problem) {
      if (!(problem instanceof TcomposeError)) throw problem
      onEvent({ kind: 'notice', message: problem.message, span: problem.span })
    }
  }

  /** Its layer goes on top of those that it started from. */
  async #shell(failed: FailedRun, io: AttachedIo, signal: AbortSignal): Promise<number> {
    const { session } = this.#machine
    using paths = await session.paths.use()
    return await this.#session().shell({
      ...this.#runInputs(failed),
      layers: [...mountedFolders(failed.parent), failed.folder],
      folder: session.newFolder(),
      io,
      onStarted: () => paths[Symbol.dispose](),
      signal,
    })
  }

  /** What a command gets, and a shell in its place. */
  #runInputs({ step, operation, sources }: Pick<FailedRun, 'step' | 'operation' | 'sources'>) {
    const { environment } = this.#machine
    const { config } = this.#build
    return {
      label: step.text,
      span: step.span,
      operation,
      sources: sources.map(source => source && { layers: source() }),
      secrets: readSecrets(config.secrets, environment),
      agents: readAgents(config.ssh, environment),
    }
  }

  /** Returns the files that a mount shows. Those of a context are copied: the host's may change while the command runs. */
  async #source(mount: RunMount, walk: StepWalk): Promise<MountedFolders | undefined> {
    if (mount.kind !== 'bind' && mount.kind !== 'cache') return undefined
    const { from } = mount
    if (from === undefined) return undefined
    if (from.kind === 'context') {
      const folder = await this.#contextLayer(mount, from, walk)
      return () => [folder]
    }
    const { layers } = await walk.state(from)
    return () => mountedFolders(layers)
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
export interface Making {
  readonly step: BuildStep
  readonly parent: readonly BuildLayer[]
  readonly folder: string
  readonly walk: StepWalk
  /** Lets the paths of layers change. */
  readonly releasePaths: () => void
}

/** Folders that lie over each other, the lowest first, as they are called when they are read. */
type MountedFolders = () => readonly string[]

/** A command that failed, and what it ran with. */
interface FailedRun extends Pick<Making, 'step' | 'parent' | 'folder'> {
  readonly error: TcomposeError
  readonly operation: RunOperation
  readonly sources: readonly (MountedFolders | undefined)[]
}

/** overlayfs refuses a folder that comes twice: the topmost of equal layers covers what the lower ones hold. */
function mountedFolders(layers: readonly BuildLayer[]): readonly string[] {
  const folders = layers.map(({ folder }) => folder)
  return folders.filter((folder, index) => folders.lastIndexOf(folder) === index)
}

function stepFailed(
  { text, span }: BuildStep,
  exitCode: number,
  details: { readonly notes: readonly string[]; readonly hint?: string },
): TcomposeError {
  return new TcomposeError('build-step', `Cannot run "${text}": it exited with ${exitCode}`, {
    span,
    ...details,
  })
}

function shellHint({ service }: ImageBuild): { readonly hint: string } {
  return { hint: `Run "tcompose build --shell ${service}" to look at the files as the command left them` }
}
