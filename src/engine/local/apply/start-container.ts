import { rmSync, writeFileSync } from 'node:fs'
import { makePrivateFolder, removeFile, writeVolatileRecord } from '../../../disk/record-file.ts'
import type { Cgroup } from '../../../linux/cgroup/cgroup.ts'
import { type CgroupRequest, createCgroup } from '../../../linux/cgroup/create-cgroup.ts'
import { withDefaultRules } from '../../../linux/cgroup/device-rules.ts'
import { listDevices } from '../../../linux/list-devices.ts'
import type { Image } from '../../../model/image.ts'
import { isSameReplica } from '../../../model/names.ts'
import type { Service, UnhealthyReaction } from '../../../model/service.ts'
import type { Action } from '../../../planner/action.ts'
import type { KeeperConnection } from '../../../runtime/keeper/keeper-connection.ts'
import { encodeLaunchRequest } from '../../../runtime/keeper/launch-request.ts'
import { compileRuntimeSpec } from '../../../runtime/launch/compile-runtime-spec.ts'
import type { JoinedProcesses, PlacedFile } from '../../../runtime/launch/container-launch.ts'
import type { LaunchRequest } from '../../../runtime/launch/launch-op.ts'
import type { OciRuntime } from '../../../runtime/launch/oci-runtime.ts'
import type { ResolvedUser } from '../../../runtime/rootfs/users.ts'
import { type OpenAttachment, openAttachment } from '../attach/launch-attached.ts'
import { type PlannedCgroup, planCgroup } from '../container/cgroup-steps.ts'
import { type ContainerNames, containerNames } from '../container/container-names.ts'
import { containerSeccomp } from '../container/container-seccomp.ts'
import { mountedHome } from '../container/mounted-home.ts'
import { numberDevices } from '../container/number-devices.ts'
import { resolveHealthcheck } from '../container/resolve-healthcheck.ts'
import { stopSignal } from '../container/stop-signal.ts'
import { withGroups } from '../container/to-process.ts'
import { type ContainerInput, toRuntimeSpec } from '../container/to-runtime-spec.ts'
import { type ContainerDevices, NO_DEVICES } from '../device/container-devices.ts'
import { findDevices } from '../device/find-devices.ts'
import { containerImage } from '../image/container-image.ts'
import { matchOwners } from '../mount/match-owners.ts'
import { resolveMounts } from '../mount/resolve-mounts.ts'
import type { ResolvedMount } from '../mount/resolved-mount.ts'
import { bridgeGone } from '../network/bridge-gone.ts'
import { networkLaunch } from '../network/connection-steps.ts'
import { foreignNames } from '../network/firewall-request.ts'
import { asksForRuntime } from '../oci-runtime/asks-for-runtime.ts'
import { isProbeTest } from '../state/health-state.ts'
import { type ContainerLayout, containerLayout, projectLayout } from '../state/layout.ts'
import type { LiveRecord, ResolvedHealthcheck } from '../state/live-record.ts'
import { noteEvent } from '../state/note-event.ts'
import { notePostStart } from '../state/post-start-mark.ts'
import type { ContainerEntry } from '../state/project-record.ts'
import { markWanted, unmarkWanted } from '../state/wanted-mark.ts'
import { containerOwners, containerRoot } from '../user-namespace/container-owners.ts'
import { type ApplyContext, containerOf } from './apply-context.ts'
import { awaitInit } from './await-init.ts'
import { compileHealthProbe } from './compile-health-probe.ts'
import { type ContainerNetwork, connectNetwork } from './connect-network.ts'
import { mountVolumesOf } from './container-volumes.ts'
import { joinedContainers } from './joined-containers.ts'
import { keepServiceFiles } from './keep-service-files.ts'
import { type Launching, launchContainer } from './launch-container.ts'
import { limitStorage } from './limit-storage.ts'
import { liveForward } from './live-forward.ts'
import { type Publication, publishPorts } from './publish-ports.ts'
import { settleReattachment } from './reattach-container.ts'
import { DEFAULT_GRACE_MS, endGracefully } from './stop-container.ts'
import { tearDownContainer } from './tear-down-container.ts'
import { writeEtcFiles } from './write-etc-files.ts'

/**
 * Starts a container that exists and does not run, or has lost its keeper: its network, ports and control group are made, then its process.
 * What fails half-way is taken back, but for the container itself.
 *
 * @throws {TcomposeError} With the service and the place in the file behind the failure.
 */
export async function startContainer(
  context: ApplyContext,
  { replica, isRestart }: Extract<Action, { kind: 'start-container' }>,
): Promise<void> {
  const entry = containerOf(context, replica)
  const layout = containerLayout(context.roots, context.project, entry.id)
  const keeper = await context.keeper()
  await endGracefully(context, entry)
  const { gone } = await tearDownContainer(context, entry)
  await context.removals.flush()
  await gone
  try {
    await start(context, keeper, { entry, layout, image: containerImage(context.roots, entry) })
    if (isRestart === true)
      noteEvent(projectLayout(context.roots, context.project), { action: 'restarted', entry })
  } catch (error) {
    unmarkWanted(layout)
    await tearDownContainer(context, entry)
    await context.removals.flush()
    throw error
  }
}

/** A container on its way to its process. */
interface Starting {
  readonly entry: ContainerEntry
  readonly layout: ContainerLayout
  readonly image: Image
}

async function start(context: ApplyContext, keeper: KeeperConnection, starting: Starting): Promise<void> {
  const { entry, layout, image } = starting
  using attachment = attachmentOf(context, entry)
  const runtime = await runtimeOf(context, entry)
  const devices = await findDevices(entry.spec.config, context.host.deviceSources)
  for (const notice of devices.notices) context.warn(notice)
  for (const file of [layout.pid, layout.exit, layout.init, layout.stopped, layout.paused]) removeFile(file)
  makePrivateFolder(layout.runDir)
  makePrivateFolder(context.layout.netnsDir)
  limitStorage(context, { id: entry.id, config: entry.spec.config })
  notePostStart(layout, entry)
  const joined = joinedContainers(context, entry)
  const network = await connectNetwork(context, entry)
  const isMadeBefore = runtime !== undefined || devices.interfaces.length > 0
  if (isMadeBefore) await makeNetworkNow(context, keeper, { entry, network, devices })
  const publication = await publishPorts(context, keeper, { entry, endpoints: network.endpoints })
  const { ports } = publication
  await keepServiceFiles(context, keeper, entry)
  using volumes = await mountVolumesOf(context.roots, { project: context.project, entry })
  const resolved = resolveMounts(context.roots, entry)
  const user = withGroups(resolvedUserOf(context, starting, resolved), devices.groups)
  const mounts = matchOwners(resolved, user, context.caller)
  const group = cgroupRequest(context, entry, devices)
  const planned = isMadeBefore ? undefined : planCgroup(context.host.cgroups, group)
  const cgroup = planned?.cgroup ?? createCgroup(context.host.cgroups, group)
  const names = containerNames(network.sharedWith?.entry ?? entry, context.host)
  const owner = containerRoot(context.roots, { project: context.project, id: entry.id }, entry.spec.config)
  writeEtcFiles({ entry, layout, network, names, owner })
  const described = await inputOf(context, starting, {
    ...{ network, names, joined, mounts, devices, user, cgroup, planned, runtime },
  })
  const input = attachment === undefined ? described : { ...described, joinedTo: attachment.joinedTo }
  const request = compileRuntimeSpec(toRuntimeSpec(input))
  const encoded = encodeLaunchRequest(request)
  const health = resolveHealthcheck(entry.spec.config.healthcheck, image.config.healthcheck)
  await writeLiveFiles(context, starting, {
    encoded,
    input,
    network,
    names,
    devices,
    publication,
    cgroup,
    group,
    health,
    user,
  })
  volumes.dispose()
  context.ports.set(entry.id, { ports, endpoints: network.endpoints })
  settleReattachment(context, entry.id)
  if (ports.length > 0 || usesForeign(context, entry)) await context.firewall.run()
  // Before the launch: the supervisor takes the mark away when the run ends for good.
  markWanted(layout, entry.spec.config.restart)
  const explain = launchFailure(context, request, { network, planned })
  const launching = { entry, program: request.program, explain }
  if (attachment === undefined) await launchContainer(launching, () => keeper.launch(encoded))
  else await launchJoined(context, launching, { attachment, request })
  if (runtime !== undefined) await awaitInit(context, entry)
  context.wantSupervisor()
}

/** An OCI runtime, and interfaces of the host that go into it, need a network that is there before the process. */
async function makeNetworkNow(
  context: ApplyContext,
  keeper: KeeperConnection,
  { entry, network, devices }: Pick<Surroundings, 'network' | 'devices'> & Pick<Starting, 'entry'>,
): Promise<void> {
  if (network.netns === undefined || network.sharedWith !== undefined) return
  const request = networkLaunch(entry.id, network.steps)
  const explain = launchFailure(context, request, { network, planned: undefined })
  await launchContainer({ entry, program: request.program, explain }, () => keeper.launch(request))
  context.network.lendInterfaces(network.netns, devices.interfaces)
}

function launchFailure(
  { roots, project }: ApplyContext,
  { program }: LaunchRequest,
  { network: { records }, planned }: Pick<Surroundings, 'network' | 'planned'>,
): NonNullable<Launching['explain']> {
  return failure => {
    const failed = program[failure.index]
    if (failed?.op.op === 'netlink') return bridgeGone(failure, { roots, project, records })
    return planned?.explain(failed, failure)
  }
}

/** What of the caller the streams of a container are joined to, if that was asked for. */
function attachmentOf({ attachment }: ApplyContext, { spec }: ContainerEntry): OpenAttachment | undefined {
  return attachment !== undefined && isSameReplica(attachment.replica, spec)
    ? openAttachment(attachment.io)
    : undefined
}

interface JoinedLaunch {
  readonly attachment: OpenAttachment
  readonly request: LaunchRequest
}

async function launchJoined(
  context: ApplyContext,
  launching: Launching,
  { attachment, request }: JoinedLaunch,
): Promise<void> {
  const { keeperSocket } = context.layout
  context.attachment?.onStarting?.()
  const container = await launchContainer(launching, () => attachment.launch(keeperSocket, request))
  context.attachment?.onStarted(container)
}

async function runtimeOf({ host }: ApplyContext, { spec }: ContainerEntry): Promise<OciRuntime | undefined> {
  if (!asksForRuntime(spec.config)) return undefined
  const { requireUsable } = await import('../oci-runtime/runtime-problems.ts')
  return requireUsable(spec.config, host.runtimeSources)
}

/** The networks of the project itself were let through when they were made. */
function usesForeign({ store }: ApplyContext, { spec }: ContainerEntry): boolean {
  const foreign = foreignNames(store.record)
  return [...spec.networkNames.values()].some(name => foreign.includes(name))
}

function userOf({ entry, image }: Starting): string {
  return entry.spec.config.user ?? image.config.user
}

function resolvedUserOf(
  { accounts }: ApplyContext,
  starting: Starting,
  mounts: readonly ResolvedMount[],
): ResolvedUser {
  const { entry, image, layout } = starting
  const { groupAdd } = entry.spec.config
  const user = accounts.resolve({ user: userOf(starting), groupAdd, image, layout })
  return { ...user, home: mountedHome(mounts, user.uid) ?? user.home }
}

function cgroupRequest(
  { tag, project }: ApplyContext,
  { id, spec }: ContainerEntry,
  { rules }: ContainerDevices,
): CgroupRequest {
  const { limits, security, cgroupParent } = spec.config
  const { blockIo } = limits
  const devices = security.privileged ? undefined : withDefaultRules(rules)
  return {
    ...{ tag, project, id, service: spec.service, devices, parent: cgroupParent },
    limits: { ...limits, ...(blockIo && { blockIo: numberDevices(spec.service, blockIo) }) },
  }
}

interface Surroundings {
  readonly network: ContainerNetwork
  readonly names: ContainerNames
  readonly joined: JoinedProcesses
  readonly mounts: readonly ResolvedMount[]
  readonly devices: ContainerDevices
  readonly user: ResolvedUser
  readonly cgroup: Cgroup
  /** How its process makes the control group; undefined where that is made. */
  readonly planned: PlannedCgroup | undefined
  readonly runtime: OciRuntime | undefined
}

async function inputOf(
  context: ApplyContext,
  { entry, layout, image }: Starting,
  surroundings: Surroundings,
): Promise<ContainerInput> {
  const { network, names, joined, mounts, devices, user, cgroup, planned, runtime } = surroundings
  const { cgroups, capabilities } = context.host
  const seccomp = await containerSeccomp(entry.spec.config, context.host)
  return {
    spec: entry.spec,
    image,
    id: entry.id,
    layout: sharedLayout(context, layout, network),
    layersDir: `${context.roots.data}/layers`,
    user,
    names,
    netns: network.netns,
    ...(planned && { cgroupSteps: planned.steps }),
    networkSteps: network.steps,
    joined,
    cgroup,
    mounts,
    devices,
    placed: await placedOf({ spec: entry.spec, layout, image }, devices),
    seccomp,
    owners: containerOwners(context.roots, { project: context.project, id: entry.id }, entry.spec.config),
    runtime,
    host: { cgroups, capabilities, devices: entry.spec.config.security.privileged ? listDevices() : [] },
  }
}

async function placedOf(
  container: Pick<ContainerInput, 'spec' | 'layout' | 'image'>,
  devices: ContainerDevices,
): Promise<readonly PlacedFile[]> {
  if (devices.libraryFolders.length + devices.links.length === 0) return []
  const { placedFilesOf } = await import('../container/placed-files-of.ts')
  return placedFilesOf(container, devices)
}

/** A container that shares another's network shares its host name, hosts and resolver files. */
function sharedLayout(
  { roots }: ApplyContext,
  layout: ContainerLayout,
  { sharedWith }: ContainerNetwork,
): ContainerLayout {
  if (sharedWith === undefined) return layout
  const { hosts, hostname, resolvConf } = containerLayout(roots, sharedWith.project, sharedWith.entry.id)
  return { ...layout, hosts, hostname, resolvConf }
}

function liveDevices({ environment, groups }: ContainerDevices): Pick<LiveRecord, 'devices'> {
  return environment.length + groups.length === 0 ? {} : { devices: { environment, groups } }
}

interface LiveFiles extends Omit<Surroundings, 'joined' | 'mounts' | 'planned' | 'runtime'> {
  readonly encoded: Buffer
  readonly input: ContainerInput
  readonly group: CgroupRequest
  readonly publication: Publication
  readonly health: ResolvedHealthcheck | undefined
}

/** How long the command that a container is joined to has to remove it. */
const COMMAND_PATIENCE_MS = 2000

/** The live record comes last: a supervisor that finds it finds the launch requests too. */
async function writeLiveFiles(
  context: ApplyContext,
  { entry, layout, image }: Starting,
  files: LiveFiles,
): Promise<void> {
  const { encoded, input, network, names, devices, publication, cgroup, group, health, user } = files
  const { spec, id } = entry
  const { hostname } = names
  const { runtime } = input
  // What it takes is for the records below: a full disk has room for one of the two.
  rmSync(layout.halted, { force: true })
  writeFileSync(layout.launch, encoded, { mode: 0o600 })
  if (devices !== NO_DEVICES && mayStartAgain(spec.config)) {
    const { writeLaunchInput } = await import('../container/launch-input.ts')
    writeLaunchInput(layout, { input, group, sources: context.host.deviceSources })
  }
  const test = health?.test
  if (test !== undefined && !isProbeTest(test)) {
    const probe = await compileHealthProbe(context, {
      entry,
      image,
      cgroup,
      user,
      hostname,
      devices,
      test,
      running: runtime && { runtime, bundle: layout.rootfs },
    })
    writeFileSync(layout.healthLaunch, encodeLaunchRequest(probe), { mode: 0o600 })
  }
  const record: LiveRecord = {
    version: 1,
    id,
    project: context.project,
    service: spec.service,
    number: spec.number,
    name: spec.name,
    netns: network.netns,
    hostname,
    endpoints: network.endpoints,
    ports: publication.ports,
    ...(publication.relays.length > 0 && { relays: publication.relays }),
    dns: network.dns,
    health,
    restart: spec.config.restart,
    ...liveDevices(devices),
    cgroups: cgroup.folders,
    ...(runtime !== undefined && { runtime }),
    ...(spec.config.pid !== undefined && { sharesPids: true }),
    ...(spec.isUnaliased && { isUnaliased: true }),
    ...(spec.isRemovedAtEnd && { removedAfterMs: input.joinedTo === undefined ? 0 : COMMAND_PATIENCE_MS }),
    ...(spec.config.logging?.kind === 'file' && spec.config.logging.isPacked && { packsLogs: true }),
    ...(spec.config.onUnhealthy && { onUnhealthy: reactionOf(context, entry, spec.config.onUnhealthy) }),
    ...liveForward(entry, image),
    upAt: Date.now(),
  }
  writeVolatileRecord(layout.live, record)
}

/** Whether the supervisor may start a container again, which finds its devices as they are then. */
function mayStartAgain({ restart, onUnhealthy }: Service): boolean {
  return restart.kind !== 'no' || onUnhealthy === 'restart'
}

function reactionOf(
  { roots }: ApplyContext,
  entry: ContainerEntry,
  kind: UnhealthyReaction,
): NonNullable<LiveRecord['onUnhealthy']> {
  const graceMs = entry.spec.config.stopGracePeriod ?? DEFAULT_GRACE_MS
  return { kind, signal: stopSignal(roots, entry), graceMs }
}
