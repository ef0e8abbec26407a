import { servicePath } from '../../../base/model-path.ts'
import { TcomposeError } from '../../../base/tcompose-error.ts'
import { LayeredTree } from '../../../disk/layered-tree.ts'
import { randomBytes } from '../../../linux/random-bytes.ts'
import type { ContainerId, ProjectName } from '../../../model/names.ts'
import { isKept } from '../../../runtime/keeper/is-kept.ts'
import { connectKeeper } from '../../../runtime/keeper/keeper-client.ts'
import { LaunchFailure } from '../../../runtime/keeper/keeper-error.ts'
import { exitCodeOf, readProcessState } from '../../../runtime/keeper/process-files.ts'
import { compileProcess } from '../../../runtime/launch/compile-process.ts'
import { launchError } from '../../../runtime/launch/launch-error.ts'
import type { LaunchRequest } from '../../../runtime/launch/launch-op.ts'
import { type ResolvedUser, resolveUser } from '../../../runtime/rootfs/users.ts'
import type { ExecRequest } from '../../engine.ts'
import { runOnStreams } from '../attach/run-on-streams.ts'
import { runOnTerminal, sizeOf } from '../attach/run-on-terminal.ts'
import { openStreamRelay } from '../attach/stream-relay.ts'
import { containerCgroupOf } from '../container/container-cgroup.ts'
import { containerNames } from '../container/container-names.ts'
import { containerSeccomp } from '../container/container-seccomp.ts'
import { hasOwnAccounts } from '../container/covers-accounts.ts'
import { withGroups } from '../container/to-process.ts'
import { toProcessLaunch } from '../container/to-process-launch.ts'
import type { EngineHost } from '../host/engine-host.ts'
import { containerImage } from '../image/container-image.ts'
import { containerLayout, instanceTag, projectLayout, type Roots } from '../state/layout.ts'
import { readLiveRecord } from '../state/live-files.ts'
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
  const launch = await compile(exec, entry, relay?.pipes ?? [])
  const { keeperSocket } = projectLayout(exec.roots, exec.project)
  using keeper = await connectKeeper(keeperSocket)
  if (keeper === undefined) throw notRunning(entry)
  try {
    if (io.kind === 'terminal') return exitCodeOf(await runOnTerminal(keeperSocket, launch, io))
    if (relay !== undefined) return exitCodeOf(await runOnStreams(keeper, launch, relay))
    await keeper.launch(launch)
    return 0
  } catch (error) {
    if (!(error instanceof LaunchFailure)) throw error
    throw launchError(error, launch.program, entry.spec.service)
  }
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

async function compile(
  { roots, host, project, container, request }: Exec,
  entry: ContainerEntry,
  ownStreams: readonly number[],
): Promise<LaunchRequest> {
  const image = containerImage(roots, entry)
  const { spec } = entry
  const { upper, live } = containerLayout(roots, project, container)
  const user = resolveUser(
    { user: request.user ?? spec.config.user ?? image.config.user, groupAdd: spec.config.groupAdd },
    new LayeredTree([...image.layers, upper]),
  )
  const { argv, environment, workingDir, privileged, io } = request
  const running = readLiveRecord(live)
  const seccomp = await containerSeccomp(spec.config, host)
  return compileProcess(
    toProcessLaunch({
      id: `${container}/exec/${randomBytes(8).toString('hex')}`,
      container,
      spec,
      image,
      cgroup: containerCgroupOf(host.cgroups, {
        tag: instanceTag(roots),
        project,
        id: container,
        parent: spec.config.cgroupParent,
      }),
      user: withGroups(
        hasOwnAccounts(entry) ? await withMountedHome(roots, entry, user) : user,
        running?.devices?.groups,
      ),
      argv,
      environment,
      deviceEnvironment: running?.devices?.environment ?? [],
      workingDir,
      privileged,
      terminal: io.kind === 'terminal' ? sizeOf(io) : undefined,
      ownStreams,
      killOnHangup: io.kind !== 'detached',
      seccomp,
      hostname: running?.hostname ?? containerNames(entry, host).hostname,
      host,
    }),
  )
}

/** What mounts are read with is loaded only where there is one to read. */
async function withMountedHome(
  roots: Roots,
  entry: ContainerEntry,
  user: ResolvedUser,
): Promise<ResolvedUser> {
  const { mountedHomeOf } = await import('../container/mounted-home.ts')
  return { ...user, home: mountedHomeOf(roots, entry, user.uid) ?? user.home }
}
