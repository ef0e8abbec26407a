import { renameSync } from 'node:fs'
import { join } from 'node:path'
import { parseAbsolutePath } from '../../../../base/absolute-path.ts'
import { bytePath } from '../../../../disk/byte-path.ts'
import { LayeredTree } from '../../../../disk/layered-tree.ts'
import type { BuildConfig } from '../../../../model/build.ts'
import { compileRuntimeSpec } from '../../../../runtime/launch/compile-runtime-spec.ts'
import type { WritableLayer } from '../../../../runtime/launch/container-launch.ts'
import type { LaunchRequest } from '../../../../runtime/launch/launch-op.ts'
import { isFileMount } from '../../../../runtime/launch/mount-steps.ts'
import { type ResolvedUser, resolveUser } from '../../../../runtime/rootfs/users.ts'
import { emptyLayer } from '../../../../store/layers/layer-store.ts'
import { containerSeccomp } from '../../container/container-seccomp.ts'
import type { ResolvedMount } from '../../mount/resolved-mount.ts'
import { mountPoint, type Roots } from '../../state/layout.ts'
import { copyAttributes } from '../../volume/copy-entry.ts'
import { findMountStubs, type MountStubs, type MountTarget, removeMountStubs } from './mount-stubs.ts'
import { runCommand } from './run-command.ts'
import { runEnvironment } from './run-environment.ts'
import { etcMounts, openRunMounts } from './run-mounts.ts'
import type { RunRequest, RunResult } from './run-request.ts'
import { runSecurity } from './run-security.ts'
import type { SessionParts, StepNetwork } from './session-parts.ts'
import { throwAwayLayer } from './throw-away-layer.ts'
import { toRunLaunch } from './to-run-launch.ts'

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
  const { operation, folder } = request
  const { roots, parts } = context
  const layers = request.layers.length === 0 ? [emptyLayer(roots)] : request.layers
  const tree = new LayeredTree(layers.map(parseAbsolutePath))
  const user = resolveUser({ user: operation.user, groupAdd: [] }, tree)
  // Its process starts while the network is made.
  const keeper = parts.keeper()
  keeper.catch(() => undefined)
  const network = parts.network(operation.network)
  using working = makeWorkingFolder(`${folder}-run`, { tree, parts })
  await using opened = await openRunMounts(request, {
    roots,
    working: working.path,
    openAgent: (mount, agent) => parts.agents.open(mount, agent),
  })
  const mounts = [...etcMounts(network), ...opened.mounts]
  const stubs = findMountStubs(tree, mounts.map(targetOf))
  const { writable } = working
  const environment = runEnvironment({ ...operation, secrets: opened.environment, home: user.home })
  const launch = await compile(
    { layers, writable, network, mounts, stubs, user, environment },
    request,
    context,
  )
  const exitCode = await runCommand(await keeper, launch, request)
  removeMountStubs(writable.upper, stubs)
  renameSync(writable.upper, folder)
  return { exitCode }
}

function targetOf({ mount, extras }: ResolvedMount): MountTarget {
  return { path: mount.destination, isFile: isFileMount(extras.files) }
}

/** A step with all that it needs on the host. */
interface ReadyStep {
  readonly layers: readonly string[]
  readonly writable: WritableLayer
  readonly network: StepNetwork
  readonly mounts: readonly ResolvedMount[]
  readonly stubs: MountStubs
  readonly user: ResolvedUser
  readonly environment: readonly string[]
}

async function compile(
  { layers, network, stubs, ...step }: ReadyStep,
  { label, operation }: RunRequest,
  { roots, settings, parts, id }: StepContext,
): Promise<LaunchRequest> {
  const stubLayer = parts.stubs.layerOf(stubs.made)
  return compileRuntimeSpec(
    toRunLaunch({
      ...step,
      id,
      label,
      operation,
      layers: stubLayer === undefined ? layers : [stubLayer, ...layers],
      netns: network.netns,
      cgroup: parts.cgroup(operation.security),
      seccomp: await containerSeccomp(runSecurity(operation), parts.host),
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

interface WorkingPlace {
  readonly tree: LayeredTree
  readonly parts: SessionParts
}

/** The root of a mount has the attributes of its upper folder. */
function makeWorkingFolder(path: string, { tree, parts }: WorkingPlace): WorkingFolder {
  const writable = throwAwayLayer(path)
  const root = tree.lookup('/')
  if (root !== undefined) copyAttributes(root, bytePath(writable.upper))
  return { path, writable, [Symbol.dispose]: () => parts.removeLater(path) }
}
