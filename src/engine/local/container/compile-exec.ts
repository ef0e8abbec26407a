import { LayeredTree } from '../../../disk/layered-tree.ts'
import { randomBytes } from '../../../linux/random-bytes.ts'
import type { ProjectName } from '../../../model/names.ts'
import { compileProcess } from '../../../runtime/launch/compile-process.ts'
import type { LaunchRequest } from '../../../runtime/launch/launch-op.ts'
import { type ResolvedUser, resolveUser } from '../../../runtime/rootfs/users.ts'
import type { ExecRequest } from '../../engine.ts'
import type { EngineHost } from '../host/engine-host.ts'
import { containerImage } from '../image/container-image.ts'
import { containerLayout, instanceTag, type Roots } from '../state/layout.ts'
import { readLiveRecord, readRenewedDevices } from '../state/live-files.ts'
import type { ContainerEntry } from '../state/project-record.ts'
import { containerOwners } from '../user-namespace/container-owners.ts'
import { containerCgroupOf } from './container-cgroup.ts'
import { containerNames } from './container-names.ts'
import { containerSeccomp } from './container-seccomp.ts'
import { hasOwnAccounts } from './covers-accounts.ts'
import { withGroups } from './to-process.ts'
import { type ExecInput, toProcessLaunch } from './to-process-launch.ts'

/** A process to run in a container that runs. */
export interface ExecSource {
  readonly roots: Roots
  readonly host: EngineHost
  readonly project: ProjectName
  readonly entry: ContainerEntry
  readonly request: Omit<ExecRequest, 'io'>
  readonly streams: Pick<ExecInput, 'terminal' | 'ownStreams' | 'killOnHangup'>
}

/**
 * Returns the launch of a further process of a container.
 *
 * @throws {TcomposeError} `user-not-found`.
 */
export async function compileExec(source: ExecSource): Promise<LaunchRequest> {
  const { roots, host, project, entry, request, streams } = source
  const { id, spec } = entry
  const image = containerImage(roots, entry)
  const { upper, live, renewedDevices, rootfs } = containerLayout(roots, project, id)
  const user = resolveUser(
    { user: request.user ?? spec.config.user ?? image.config.user, groupAdd: spec.config.groupAdd },
    new LayeredTree([...image.layers, upper]),
  )
  const running = readLiveRecord(live)
  const devices = readRenewedDevices(renewedDevices) ?? running?.devices
  const seccomp = await containerSeccomp(spec.config, host)
  const { argv, environment, workingDir, privileged } = request
  return compileProcess(
    toProcessLaunch({
      id: `${id}/exec/${randomBytes(8).toString('hex')}`,
      container: id,
      spec,
      image,
      cgroup: containerCgroupOf(host.cgroups, {
        tag: instanceTag(roots),
        project,
        id,
        parent: spec.config.cgroupParent,
      }),
      user: withGroups(
        hasOwnAccounts(entry) ? await withMountedHome(roots, entry, user) : user,
        devices?.groups,
      ),
      argv,
      environment,
      deviceEnvironment: devices?.environment ?? [],
      workingDir,
      privileged,
      ...streams,
      seccomp,
      owners: containerOwners(roots, { project, id }, spec.config),
      running: running?.runtime && { runtime: running.runtime, bundle: rootfs },
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
  const { mountedHomeOf } = await import('./mounted-home.ts')
  return { ...user, home: mountedHomeOf(roots, entry, user.uid) ?? user.home }
}
