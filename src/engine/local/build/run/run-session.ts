import { chmodSync, chownSync, mkdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { parseAbsolutePath } from '../../../../base/absolute-path.ts'
import { bytePath } from '../../../../disk/byte-path.ts'
import { setTimes } from '../../../../disk/inode.ts'
import { LayeredTree } from '../../../../disk/layered-tree.ts'
import { removeTree } from '../../../../disk/remove-tree.ts'
import type { BuildConfig } from '../../../../model/build.ts'
import { startKeeper } from '../../../../runtime/keeper/start-keeper.ts'
import { compileRuntimeSpec } from '../../../../runtime/launch/compile-runtime-spec.ts'
import { resolveUser } from '../../../../runtime/rootfs/users.ts'
import { emptyLayer } from '../../../../store/layers/layer-store.ts'
import { containerSeccomp } from '../../container/container-seccomp.ts'
import type { EnginePrograms } from '../../host/engine-programs.ts'
import { mountPoint, type Roots } from '../../state/layout.ts'
import { findMountStubs, removeMountStubs } from './mount-stubs.ts'
import { runCommand } from './run-command.ts'
import { runEnvironment } from './run-environment.ts'
import { placed } from './run-error.ts'
import { etcMounts } from './run-mounts.ts'
import type { RunRequest, RunResult } from './run-request.ts'
import { runSecurity } from './run-security.ts'
import { hostNetworks, type NetworkMaker } from './session-network.ts'
import { SessionParts } from './session-parts.ts'
import { sweepRunSessions } from './sweep-run-sessions.ts'
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
    const parts = await this.#parts?.catch(() => undefined)
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
    const mounts = etcMounts(network)
    const stubs = findMountStubs(
      tree,
      mounts.map(({ mount }) => mount.destination),
    )
    await using working = makeWorkingFolder(folder, tree)
    const launch = compileRuntimeSpec(
      toRunLaunch({
        id: this.#nextId(),
        label: request.label,
        operation,
        user,
        environment: runEnvironment({ ...operation, secrets: [], home: user.home }),
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

interface WorkingFolder extends AsyncDisposable {
  readonly writable: { readonly upper: string; readonly work: string; readonly options: readonly string[] }
}

/**
 * redirect_dir, metacopy: their marks would be no part of a layer that others read. volatile: without it each end of a
 * mount writes out the whole filesystem.
 */
const OPTIONS: readonly string[] = ['index=off', 'redirect_dir=off', 'metacopy=off', 'volatile']

function makeWorkingFolder(folder: string, tree: LayeredTree): WorkingFolder {
  const path = `${folder}-run`
  const upper = join(path, 'upper')
  const work = join(path, 'work')
  mkdirSync(path, { mode: 0o700 })
  mkdirSync(upper)
  mkdirSync(work)
  const root = tree.lookup('/')
  if (root !== undefined) {
    chownSync(upper, Number(root.stats.uid), Number(root.stats.gid))
    chmodSync(upper, Number(root.stats.mode & 0o7777n))
    setTimes(bytePath(upper), root.stats.mtimeNs)
  }
  return { writable: { upper, work, options: OPTIONS }, [Symbol.asyncDispose]: () => removeTree(path) }
}
