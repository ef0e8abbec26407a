import { join } from 'node:path'
import { assertNever } from '../../../../base/assert-never.ts'
import { TcomposeError } from '../../../../base/tcompose-error.ts'
import type { RunMount, RunOperation } from '../../../../planner/build/build-graph.ts'
import { hostMount } from '../../mount/host-mount.ts'
import type { ResolvedMount } from '../../mount/resolved-mount.ts'
import type { Roots } from '../../state/layout.ts'
import { bindMount, findSource } from './bind-source.ts'
import { type CacheMount, cacheName } from './cache-layout.ts'
import { contentMount } from './content-mount.ts'
import type { RunAgent, StepRequest } from './run-request.ts'
import { secretParts } from './secret-mount.ts'
import type { SshMount } from './session-agents.ts'
import type { StepNetwork } from './session-parts.ts'
import { type UsedCache, useCache } from './use-cache.ts'

/** Where the mounts of a step are made. */
export interface RunMountsPlace {
  readonly roots: Roots
  /** The step's working folder; each mount gets a folder of its own in it. */
  readonly working: string
  /** Returns a socket to an agent, with the owner and mode that the mount wants. */
  readonly openAgent: (
    mount: SshMount,
    agent: RunAgent,
  ) => Promise<AsyncDisposable & { readonly path: string }>
}

/** The mounts of a step as they are on the host, held until they are disposed. */
export interface RunMounts extends AsyncDisposable {
  readonly mounts: readonly ResolvedMount[]
  /** `NAME=value` lines of secrets. */
  readonly environment: readonly string[]
}

/**
 * Makes what the mounts of a step need, and waits for caches that other steps have locked.
 *
 * @throws {TcomposeError} `build-secret` for what is required and missing, before anything is waited for;
 *   `build-source`.
 */
export async function openRunMounts(request: StepRequest, place: RunMountsPlace): Promise<RunMounts> {
  const { mounts, files } = request.operation
  const secrets = mounts.flatMap(mount =>
    mount.kind === 'secret' ? [secretParts(mount, request.secrets.get(mount.id))] : [],
  )
  for (const mount of mounts) if (mount.kind === 'ssh') requireAgent(mount, request.agents)
  await using held = new AsyncDisposableStack()
  const caches = await useCaches(request, place, held)
  const others: ResolvedMount[] = []
  for (const [index, mount] of mounts.entries())
    others.push(...(await otherMount({ request, place, held, caches }, mount, index)))
  const kept = held.move()
  return {
    mounts: [...others, ...secrets.flatMap(({ mounts }) => mounts), ...files.map(programMount)],
    environment: secrets.flatMap(({ environment }) => environment),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}

/** Returns the mounts of the files that belong to a step's network: the step cannot write to them. */
export function etcMounts({ hosts, resolvConf }: StepNetwork): readonly ResolvedMount[] {
  return [
    { path: hosts, target: '/etc/hosts' },
    { path: resolvConf, target: '/etc/resolv.conf' },
  ].map(({ path, target }) => hostMount({ path, target, isFile: true, readOnly: true, recursive: false }))
}

interface Opening {
  readonly request: StepRequest
  readonly place: RunMountsPlace
  readonly held: AsyncDisposableStack
  readonly caches: ReadonlyMap<string, UsedCache>
}

async function otherMount(
  opening: Opening,
  mount: RunMount,
  index: number,
): Promise<readonly ResolvedMount[]> {
  const { request, place, held, caches } = opening
  const { roots, working } = place
  switch (mount.kind) {
    case 'bind':
      return [bindMount(mount, sourceAt(request, index), { roots, folder: join(working, `mount-${index}`) })]
    case 'cache':
      return [cacheBind(mount, caches.get(cacheName(mount, 1))?.data ?? '')]
    case 'tmpfs':
      return [tmpfsMount(mount)]
    case 'secret':
      return []
    case 'ssh': {
      const agent = request.agents.get(mount.id)
      if (agent === undefined) return []
      const { path } = held.use(await place.openAgent(mount, agent))
      return [
        hostMount({
          path,
          target: mount.target,
          isFile: true,
          readOnly: false,
          recursive: false,
          label: `agent "${mount.id}"`,
        }),
      ]
    }
    default:
      return assertNever(mount)
  }
}

function sourceAt({ sources }: StepRequest, index: number): NonNullable<StepRequest['sources'][number]> {
  const source = sources[index]
  if (source === undefined) throw new Error(`Cannot mount files: mount ${index} has no source`)
  return source
}

/** In the order of their names, so that no two steps wait for each other. A cache that is mounted twice is one. */
async function useCaches(
  request: StepRequest,
  { roots }: RunMountsPlace,
  held: AsyncDisposableStack,
): Promise<ReadonlyMap<string, UsedCache>> {
  const { mounts } = request.operation
  const wanted = new Map<string, Parameters<typeof useCache>[0]>()
  for (const [index, mount] of mounts.entries()) {
    if (mount.kind !== 'cache') continue
    const { from } = mount
    const seed =
      from === undefined
        ? undefined
        : () => findSource({ ...mount, from }, sourceAt(request, index), { roots })
    wanted.set(cacheName(mount, 1), { roots, mount, seed, signal: request.signal })
  }
  const used = new Map<string, UsedCache>()
  for (const [name, use] of [...wanted].sort(([one], [other]) => (one < other ? -1 : 1)))
    used.set(name, held.use(await useCache(use)))
  return used
}

function cacheBind({ target, isReadOnly, id }: CacheMount, path: string): ResolvedMount {
  return hostMount({
    path,
    target,
    isFile: false,
    readOnly: isReadOnly,
    recursive: false,
    label: `cache "${id}"`,
  })
}

function tmpfsMount({ target, sizeBytes }: Extract<RunMount, { kind: 'tmpfs' }>): ResolvedMount {
  return {
    mount: {
      destination: target,
      type: 'tmpfs',
      source: 'tmpfs',
      options: sizeBytes === undefined ? [] : [`size=${sizeBytes}`],
    },
    extras: { label: 'tmpfs', origin: undefined, files: { kind: 'empty' } },
  }
}

function programMount({ path, content, mode }: RunOperation['files'][number]): ResolvedMount {
  return contentMount({
    target: path,
    label: 'here-document',
    options: ['nosuid', 'nodev'],
    file: { content: Buffer.from(content), mode, uid: 0, gid: 0 },
  })
}

function requireAgent({ id, isRequired, span }: SshMount, agents: StepRequest['agents']): void {
  if (!isRequired || agents.has(id)) return
  throw new TcomposeError('build-secret', `Cannot mount SSH agent "${id}": it is not given`, {
    span,
    hint: `Give it with "--ssh ${id}", or under "ssh" of the build`,
  })
}
