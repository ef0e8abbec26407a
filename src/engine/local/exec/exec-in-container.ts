import { servicePath } from '../../../base/model-path.ts'
import { TcomposeError } from '../../../base/tcompose-error.ts'
import type { ContainerId, ProjectName } from '../../../model/names.ts'
import { isKept } from '../../../runtime/keeper/is-kept.ts'
import { connectKeeper } from '../../../runtime/keeper/keeper-client.ts'
import type { KeeperConnection } from '../../../runtime/keeper/keeper-connection.ts'
import { LaunchFailure } from '../../../runtime/keeper/keeper-error.ts'
import { exitCodeOf, readProcessState } from '../../../runtime/keeper/process-files.ts'
import { launchError } from '../../../runtime/launch/launch-error.ts'
import type { ExecRequest } from '../../engine.ts'
import { runOnStreams } from '../attach/run-on-streams.ts'
import { runOnTerminal, sizeOf } from '../attach/run-on-terminal.ts'
import { openStreamRelay } from '../attach/stream-relay.ts'
import { compileExec } from '../container/compile-exec.ts'
import type { EngineHost } from '../host/engine-host.ts'
import { containerLayout, projectLayout, type Roots } from '../state/layout.ts'
import { noteExec } from '../state/note-exec.ts'
import { isPaused } from '../state/pause-mark.ts'
import { type ContainerEntry, readProjectRecord } from '../state/project-record.ts'

export interface Exec {
  readonly roots: Roots
  readonly host: EngineHost
  readonly project: ProjectName
  readonly container: ContainerId
  readonly request: ExecRequest
}

/**
 * Runs a process in a running container, on streams of the caller or on a terminal of its own, and returns its exit
 * code: 128 and the signal's number for one that a signal ended.
 *
 * @throws {TcomposeError} `container-not-running`, `user-not-found`, `container-launch`.
 */
export async function execInContainer(exec: Exec): Promise<number> {
  const entry = requireRunning(exec)
  const { io } = exec.request
  using relay = io.kind === 'streams' ? openStreamRelay(io) : undefined
  const launch = await compileExec({
    ...exec,
    entry,
    streams: {
      terminal: io.kind === 'terminal' ? sizeOf(io) : undefined,
      ownStreams: relay?.pipes ?? [],
      killOnHangup: io.kind !== 'detached',
    },
  })
  const layout = projectLayout(exec.roots, exec.project)
  const { keeperSocket } = layout
  using keeper = await connectKeeper(keeperSocket)
  if (keeper === undefined) throw notRunning(entry)
  using _hangup = hangUpAt(exec.request.signal, keeper)
  const told = noteExec(layout, { entry, id: launch.id, argv: exec.request.argv })
  try {
    if (io.kind === 'terminal') {
      const status = await runOnTerminal(keeperSocket, launch, io)
      if (status === undefined) io.onDetached?.()
      return status === undefined ? 0 : told.ended(exitCodeOf(status))
    }
    if (relay !== undefined) return told.ended(exitCodeOf(await runOnStreams(keeper, launch, relay)))
    await keeper.launch(launch)
    return 0
  } catch (error) {
    if (!(error instanceof LaunchFailure)) throw error
    throw launchError(error, launch.program, entry.spec.service)
  }
}

/** The keeper kills a process that has no terminal and is not detached when its client is gone. */
function hangUpAt(signal: AbortSignal | undefined, keeper: KeeperConnection): Disposable {
  const close = (): void => keeper.close()
  signal?.addEventListener('abort', close, { once: true })
  return { [Symbol.dispose]: () => signal?.removeEventListener('abort', close) }
}

function requireRunning({ roots, project, container }: Exec): ContainerEntry {
  const entry = readProjectRecord(projectLayout(roots, project).record, project).containers.get(container)
  if (entry === undefined) throw new Error(`Cannot find container ${container}: it is not on record`)
  const state = readProcessState(containerLayout(roots, project, container))
  if (state.kind !== 'running') throw notRunning(entry)
  if (!isKept(state.parentPid)) throw notRunning(entry, 'its keeper ended')
  if (isPaused(containerLayout(roots, project, container))) throw paused(entry)
  return entry
}

function notRunning({ spec }: ContainerEntry, state = 'it is not running'): TcomposeError {
  return new TcomposeError('container-not-running', `Cannot run a command in ${spec.name}: ${state}`, {
    hint: `Run "tcompose up -d ${spec.service}" first`,
    origin: servicePath(spec.service),
  })
}

function paused({ spec }: ContainerEntry): TcomposeError {
  return new TcomposeError('pause', `Cannot run a command in ${spec.name}: it is paused`, {
    hint: `Run "tcompose unpause ${spec.service}" first`,
    origin: servicePath(spec.service),
  })
}
