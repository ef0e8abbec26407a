import { servicePath } from '../../../base/model-path.ts'
import { TcomposeError } from '../../../base/tcompose-error.ts'
import type { ContainerSpec } from '../../../model/container.ts'
import type { SharedNamespace } from '../../../model/namespace.ts'
import { readProcessState } from '../../../runtime/keeper/process-files.ts'
import type { JoinedProcess, JoinedProcesses } from '../../../runtime/launch/container-launch.ts'
import { asksForRuntime } from '../oci-runtime/asks-for-runtime.ts'
import { containerLayout, type Roots } from '../state/layout.ts'
import type { ContainerEntry } from '../state/project-record.ts'
import { type ApplyContext, replicaEntry } from './apply-context.ts'
import { type FoundContainer, findContainer } from './find-container.ts'

/**
 * Returns the processes whose namespaces a container is to join.
 *
 * @throws {TcomposeError} `container-not-running` if one does not run, `bad-value` if its IPC namespace is private.
 */
export function joinedContainers(context: ApplyContext, { spec }: ContainerEntry): JoinedProcesses {
  const { pid, ipc } = spec.config
  return new Map([
    ...joined(context, { spec, type: 'pid', wanted: isShared(pid) ? pid : undefined }),
    ...joined(context, { spec, type: 'ipc', wanted: isShared(ipc) ? ipc : undefined }),
  ])
}

type JoinedType = 'pid' | 'ipc'

/** What of another container can be joined by its name, as messages word it. */
const NAMESPACES = { pid: 'PID namespace', ipc: 'IPC namespace', network: 'network' } as const

type NamedType = keyof typeof NAMESPACES

type Wanted = Exclude<SharedNamespace, { kind: 'host' }>

function isShared(mode: ContainerSpec['config']['ipc']): mode is Wanted {
  return mode?.kind === 'service' || mode?.kind === 'container'
}

interface Joining {
  readonly spec: ContainerSpec
  readonly type: JoinedType
  readonly wanted: Wanted | undefined
}

function joined(
  context: ApplyContext,
  { spec, type, wanted }: Joining,
): readonly (readonly [JoinedType, JoinedProcess])[] {
  if (wanted === undefined) return []
  const owner =
    wanted.kind === 'service'
      ? requireService(context, { spec, type, name: wanted.service })
      : requireContainer(context.roots, { spec, type, name: wanted.container })
  return [[type, requireRunning(context.roots, owner, { spec, type })]]
}

/** How a service asks for the namespace of a container. */
export interface NamedJoin {
  readonly spec: ContainerSpec
  readonly type: NamedType
  /** The container's name or id, or the first digits of it. */
  readonly name: string
}

/** Returns which containers a service joins by their names. */
export function namedJoins(spec: ContainerSpec): readonly NamedJoin[] {
  const { pid, ipc, networkMode } = spec.config
  return [
    ...(networkMode.kind === 'container'
      ? [{ spec, type: 'network', name: networkMode.container } as const]
      : []),
    ...(pid?.kind === 'container' ? [{ spec, type: 'pid', name: pid.container } as const] : []),
    ...(ipc?.kind === 'container' ? [{ spec, type: 'ipc', name: ipc.container } as const] : []),
  ]
}

/**
 * Returns the running process of a container that is named in the file.
 *
 * @throws {TcomposeError} `container-not-running`, `bad-value` if its IPC namespace is private.
 */
export function requireNamed(roots: Roots, join: NamedJoin): JoinedProcess {
  return requireRunning(roots, requireContainer(roots, join), join)
}

/**
 * Returns the running container, named in the file, whose network a service joins.
 *
 * @throws {TcomposeError} `container-not-running`.
 */
export function requireNamedNetwork(roots: Roots, spec: ContainerSpec, name: string): FoundContainer {
  const join: NamedJoin = { spec, type: 'network', name }
  const found = requireContainer(roots, join)
  requireRunning(roots, found, join)
  return found
}

function requireService(context: ApplyContext, { spec, type, name }: NamedJoin): FoundContainer {
  const entry = replicaEntry(context, { service: name, number: 1 })
  if (entry !== undefined) return { project: context.project, entry }
  throw cannotJoin(spec, type, {
    owner: `service "${name}"`,
    reason: 'it has no container',
    hint: `Start it first: tcompose up -d ${name}`,
  })
}

function requireContainer(roots: Roots, { spec, type, name }: NamedJoin): FoundContainer {
  const owner = findContainer(roots, name)
  if (owner === undefined) {
    throw cannotJoin(spec, type, {
      owner: `container "${name}"`,
      reason: 'no project has a container of this name',
      hint: 'Name a container that "tcompose ls -a" and "tcompose ps" of its project show',
    })
  }
  const mode = owner.entry.spec.config.ipc
  if (type === 'ipc' && (mode === undefined || mode.kind === 'none')) {
    throw cannotJoin(spec, type, {
      code: 'bad-value',
      owner: `container "${name}"`,
      reason: 'its IPC namespace is private',
      hint: `Write "ipc: shareable" in service "${owner.entry.spec.service}" of project "${owner.project}"`,
    })
  }
  return owner
}

function requireRunning(
  roots: Roots,
  { project, entry }: FoundContainer,
  { spec, type }: Pick<NamedJoin, 'spec' | 'type'>,
): JoinedProcess {
  const { pid: record, exit } = containerLayout(roots, project, entry.id)
  const state = readProcessState({ pid: record, exit })
  const subject = `container ${entry.spec.name}`
  if (type !== 'network' && asksForRuntime(entry.spec.config)) {
    throw cannotJoin(spec, type, {
      code: 'oci-runtime',
      owner: subject,
      reason: 'an OCI runtime runs it',
      hint: `Remove "runtime" and "x-isolation" of service "${entry.spec.service}"`,
    })
  }
  if (state.kind === 'running') return { record, pid: state.process.pid, subject }
  throw cannotJoin(spec, type, {
    owner: subject,
    reason: 'it is not running',
    hint: `Start it first: tcompose -p ${project} start ${entry.spec.service}`,
  })
}

interface JoinRefusal {
  /** @default container-not-running */
  readonly code?: 'container-not-running' | 'bad-value' | 'oci-runtime'
  readonly owner: string
  readonly reason: string
  readonly hint: string
}

function cannotJoin(
  { service }: ContainerSpec,
  type: NamedType,
  { code = 'container-not-running', owner, reason, hint }: JoinRefusal,
): TcomposeError {
  const message = `Cannot join the ${NAMESPACES[type]} of ${owner} in service "${service}": ${reason}`
  return new TcomposeError(code, message, {
    hint,
    origin: servicePath(service, type === 'network' ? 'network_mode' : type),
  })
}
