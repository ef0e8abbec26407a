import { renameSync } from 'node:fs'
import { join } from 'node:path'
import { parseAbsolutePath } from '../../../../base/absolute-path.ts'
import { bytePath } from '../../../../disk/byte-path.ts'
import { LayeredTree } from '../../../../disk/layered-tree.ts'
import { removeTree } from '../../../../disk/remove-tree.ts'
import type { BuildConfig } from '../../../../model/build.ts'
import { startKeeper } from '../../../../runtime/keeper/start-keeper.ts'
import { compileRuntimeSpec } from '../../../../runtime/launch/compile-runtime-spec.ts'
import type { WritableLayer } from '../../../../runtime/launch/container-launch.ts'
import { resolveUser } from '../../../../runtime/rootfs/users.ts'
import { emptyLayer } from '../../../../store/layers/layer-store.ts'
import { containerSeccomp } from '../../container/container-seccomp.ts'
import type { EnginePrograms } from '../../host/engine-programs.ts'
import { mountPoint, type Roots } from '../../state/layout.ts'
import { copyAttributes } from '../../volume/copy-entry.ts'
import { findMountStubs, removeMountStubs } from './mount-stubs.ts'
import { runCommand } from './run-command.ts'
import { runEnvironment } from './run-environment.ts'
import { placed } from './run-error.ts'
import { etcMounts, openRunMounts } from './run-mounts.ts'
import type { RunRequest, RunResult } from './run-request.ts'
import { runSecurity } from './run-security.ts'
import { hostNetworks, type NetworkMaker } from './session-network.ts'
import { SessionParts } from './session-parts.ts'
import { sweepRunSessions } from './sweep-run-sessions.ts'
import { throwAwayLayer } from './throw-away-layer.ts'
import { toRunLaunch } from './to-run-launch.ts'

/** A build that may run commands. */
export interface RunSessionOptions {
  readonly roots: Roots
  readonly programs: EnginePrograms
  /** As `temporaryName` returns it; names all that the session has in the kernel and on disk. */
  readonly name: string
  readonly settings: Pick<BuildConfig, 'extraHosts' | 'shmSize' | 'ulimits'>
  /** @default a process of the keeper's program */
  readonly startKeeper?: typeof startKeeper
  /** @default those of this machine */
  readonly networks?: NetworkMaker
}

/**
 * Runs the commands of one build. Starts nothing until the first of them. Disposal ends what runs and removes all that
 * the session has made but the layers. A process that is killed leaves nothing that runs; what else it leaves
 * `sweepRunSessions` removes.
 */
export function openRunSession(options: RunSessionOptions): RunSession {
  return new RunSession(options)
}

/** The commands of one build; see `openRunSession`. */
export class RunSession implements AsyncDisposable {
  readonly #options: RunSessionOptions
  #parts: Promise<SessionParts> | undefined
  #count = 0

  constructor(options: RunSessionOptions) {
    this.#options = options
  }

  /**
   * Runs a command and returns how it ended; its layer is then at `request.folder`. Calls may overlap.
   *
   * @throws {TcomposeError} `user-not-found`, `build-step` if it cannot be run, `build-secret`, `network`, `keeper`.
   * @throws {DOMException} `AbortError` when `request.signal` aborts, once all processes of the command have ended.
   */
  async run(request: RunRequest): Promise<RunResult> {
    request.signal.throwIfAborted()
    try {
      return await this.#run(request)
    } catch (error) {
      request.signal.throwIfAborted()
      throw placed(error, request)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const started = this.#parts
    this.#parts = undefined
    const parts = await started?.catch(() => undefined)
    await parts?.[Symbol.asyncDispose]()
  }

  async #run(request: RunRequest): Promise<RunResult> {
    const { operation, folder } = request
    const { roots, settings } = this.#options
    const layers = request.layers.length === 0 ? [emptyLayer(roots)] : request.layers
    const tree = new LayeredTree(layers.map(parseAbsolutePath))
    const user = resolveUser({ user: operation.user, groupAdd: [] }, tree)
    const parts = await this.#start()
    const starting = parts.keeper()
    starting.catch(() => undefined)
    const network = parts.network(operation.network)
    await using working = makeWorkingFolder(folder, tree)
    await using opened = await openRunMounts(request, {
      roots,
      working: working.path,
      openAgent: (mount, agent) => parts.agents.open(mount, agent),
    })
    const mounts = [...etcMounts(network), ...opened.mounts]
    const stubs = findMountStubs(
      tree,
      mounts.map(({ mount }) => mount.destination),
    )
    const launch = compileRuntimeSpec(
      toRunLaunch({
        id: this.#nextId(),
        label: request.label,
        operation,
        user,
        environment: runEnvironment({ ...operation, secrets: opened.environment, home: user.home }),
        layers,
        writable: working.writable,
        mounts,
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
    const exitCode = await runCommand(await starting, launch, request)
    removeMountStubs(working.writable.upper, stubs)
    renameSync(working.writable.upper, folder)
    return { exitCode }
  }

  #nextId(): string {
    this.#count += 1
    return `run-${this.#count}`
  }

  #start(): Promise<SessionParts> {
    const { roots, programs, name, settings, startKeeper: start = startKeeper } = this.#options
    const { networks = hostNetworks } = this.#options
    this.#parts ??= (async () => {
      await sweepRunSessions(roots)
      const { extraHosts } = settings
      return new SessionParts({ roots, programs, name, extraHosts, startKeeper: start, networks })
    })()
    return this.#parts
  }
}

/** What a step has on disk while it runs. */
interface WorkingFolder extends AsyncDisposable {
  readonly path: string
  readonly writable: WritableLayer
}

/** The root of a mount has the attributes of its upper folder. */
function makeWorkingFolder(folder: string, tree: LayeredTree): WorkingFolder {
  const path = `${folder}-run`
  const writable = throwAwayLayer(path)
  const root = tree.lookup('/')
  if (root !== undefined) copyAttributes(root, bytePath(writable.upper))
  return { path, writable, [Symbol.asyncDispose]: () => removeTree(path) }
}
