import { chmodSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { parseAbsolutePath } from '../../../../base/absolute-path.ts'
import { LayeredTree } from '../../../../disk/layered-tree.ts'
import type { BuildConfig } from '../../../../model/build.ts'
import type { KeeperConnection } from '../../../../runtime/keeper/keeper-connection.ts'
import { compileRuntimeSpec } from '../../../../runtime/launch/compile-runtime-spec.ts'
import type { WritableLayer } from '../../../../runtime/launch/container-launch.ts'
import type { LaunchRequest } from '../../../../runtime/launch/launch-op.ts'
import { isFileMount } from '../../../../runtime/launch/mount-steps.ts'
import { type ResolvedUser, resolveUser } from '../../../../runtime/rootfs/users.ts'
import { emptyLayer } from '../../../../store/layers/layer-store.ts'
import { containerSeccomp } from '../../container/container-seccomp.ts'
import type { ResolvedMount } from '../../mount/resolved-mount.ts'
import { mountPoint, type Roots } from '../../state/layout.ts'
import { findMountStubs, type MountStubs, type MountTarget, removeMountStubs } from './mount-stubs.ts'
import { runCommand } from './run-command.ts'
import { runEnvironment } from './run-environment.ts'
import { etcMounts, openRunMounts } from './run-mounts.ts'
import type { RunRequest, RunResult, StepRequest } from './run-request.ts'
import { runSecurity } from './run-security.ts'
import type { SessionParts, StepNetwork } from './session-parts.ts'
import { throwAwayLayer } from './throw-away-layer.ts'
import { type RunLaunch, toRunLaunch } from './to-run-launch.ts'

/** What a step takes from its session. */
export interface StepContext {
  readonly roots: Roots
  readonly settings: Pick<BuildConfig, 'shmSize' | 'ulimits'>
  readonly parts: SessionParts
  /** Unique among the session's steps. */
  readonly id: string
}

/** Runs one command; see `RunSession.run`. */
export async function runStep(request: RunRequest, context: StepContext): Promise<RunResult> {
  return await withStep(request, context, async ({ keeper, launch, writable, stubs }) => {
    const exitCode = await runCommand(keeper, launch, request)
    removeMountStubs(writable.upper, stubs)
    renameSync(writable.upper, request.folder)
    return { exitCode }
  })
}

/** The files that a step starts from. */
export function treeOfStep({ layers }: StepRequest, { roots }: StepContext): LayeredTree {
  return new LayeredTree(layersOf(layers, roots).map(parseAbsolutePath))
}

/** A step whose command can be launched. */
export interface PreparedStep {
  readonly keeper: KeeperConnection
  readonly launch: LaunchRequest
  /** What the command changes. */
  readonly writable: WritableLayer
  /** What is made in it for mounts. */
  readonly stubs: MountStubs
}

/** Calls `use` with all that a step needs made. It is removed afterwards, what was written too unless it was moved away. */
export async function withStep<Result>(
  request: StepRequest & Pick<RunLaunch, 'terminal'>,
  context: StepContext,
  use: (prepared: PreparedStep) => Promise<Result>,
): Promise<Result> {
  const { operation, folder } = request
  const { roots, parts } = context
  const tree = treeOfStep(request, context)
  const user = resolveUser({ user: operation.user, groupAdd: [] }, tree)
  // Its process starts while the network is made.
  const keeper = parts.keeper()
  keeper.catch(() => undefined)
  const network = parts.network(operation.network)
  using working = makeWorkingFolder(`${folder}-run`, parts)
  await using opened = await openRunMounts(request, {
    roots,
    working: working.path,
    openAgent: (mount, agent) => parts.agents.open(mount, agent),
  })
  const mounts = [...etcMounts(network), ...opened.mounts]
  const stubs = findMountStubs(tree, mounts.map(targetOf))
  const { writable } = working
  const environment = runEnvironment({ ...operation, secrets: opened.environment, home: user.home })
  const launch = await compile({ writable, network, mounts, stubs, user, environment }, request, context)
  return await use({ keeper: await keeper, launch, writable, stubs })
}

function layersOf(layers: readonly string[], roots: Roots): readonly string[] {
  return layers.length === 0 ? [emptyLayer(roots)] : layers
}

function targetOf({ mount, extras }: ResolvedMount): MountTarget {
  return { path: mount.destination, isFile: isFileMount(extras.files) }
}

/** A step with all that it needs on the host. */
interface ReadyStep {
  readonly writable: WritableLayer
  readonly network: StepNetwork
  readonly mounts: readonly ResolvedMount[]
  readonly stubs: MountStubs
  readonly user: ResolvedUser
  readonly environment: readonly string[]
}

async function compile(
  { network, stubs, ...step }: ReadyStep,
  { label, operation, layers, terminal }: StepRequest & Pick<RunLaunch, 'terminal'>,
  { roots, settings, parts, id }: StepContext,
): Promise<LaunchRequest> {
  const stubLayer = parts.stubs.layerOf(stubs.made)
  const own = layersOf(layers, roots)
  return compileRuntimeSpec(
    toRunLaunch({
      ...step,
      id,
      label,
      operation,
      terminal,
      layers: stubLayer === undefined ? own : [stubLayer, ...own],
      netns: network.netns,
      cgroup: parts.cgroup(operation.security),
      seccomp: await containerSeccomp({ security: runSecurity(operation) }, parts.host),
      shmSize: settings.shmSize,
      ulimits: settings.ulimits,
      host: parts.host,
      rootfs: mountPoint(roots),
      layersDir: join(roots.data, 'layers'),
    }),
  )
}

/** What a step has on disk while it runs. */
interface WorkingFolder extends Disposable {
  readonly path: string
  readonly writable: WritableLayer
}

/** The root of a mount has the attributes of its upper folder: as in BuildKit those of a new folder, for each step. */
function makeWorkingFolder(path: string, parts: SessionParts): WorkingFolder {
  const writable = throwAwayLayer(path)
  chmodSync(writable.upper, 0o755)
  return { path, writable, [Symbol.dispose]: () => parts.removeLater(path) }
}
