import { servicePath } from '../../../base/model-path.ts'
import { TcomposeError } from '../../../base/tcompose-error.ts'
import type { ContainerSpec } from '../../../model/container.ts'
import type { ProjectName } from '../../../model/names.ts'
import type { SharedNamespace } from '../../../model/namespace.ts'
import { readProcessState } from '../../../runtime/keeper/process-files.ts'
import type { JoinedProcess, JoinedProcesses } from '../../../runtime/launch/container-launch.ts'
import { containerLayout, type Roots } from '../state/layout.ts'
import type { ContainerEntry } from '../state/project-record.ts'
import { readProjects } from '../state/read-projects.ts'
import { type ApplyContext, containerOf } from './apply-context.ts'

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
  const { project } = context
  const owner =
    wanted.kind === 'service'
      ? { project, entry: containerOf(context, { service: wanted.service, number: 1 }) }
      : requireContainer(context.roots, { spec, type, name: wanted.container })
  return [[type, requireRunning(context.roots, owner, { spec, type })]]
}

/** A container by its name or its id, whichever project it is of. */
interface Owner {
  readonly project: ProjectName
  readonly entry: ContainerEntry
}

/** How a service asks for the namespace of a container. */
export interface NamedJoin {
  readonly spec: ContainerSpec
  readonly type: JoinedType
  /** The container's name or id, or the first digits of it. */
  readonly name: string
}

/** Returns which containers a service joins by their names. */
export function namedJoins(spec: ContainerSpec): readonly NamedJoin[] {
  const { pid, ipc } = spec.config
  return [
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

function requireContainer(roots: Roots, { spec, type, name }: NamedJoin): Owner {
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
      owner: `container "${name}"`,
      reason: 'its IPC namespace is private',
      hint: `Write "ipc: shareable" in service "${owner.entry.spec.service}" of project "${owner.project}"`,
    })
  }
  return owner
}

/** The newest where a name stands for several, as while one replaces another. */
function findContainer(roots: Roots, name: string): Owner | undefined {
  const all = readProjects(roots).records.flatMap(record =>
    [...record.containers.values()].map(entry => ({ project: record.project, entry })),
  )
  const named = all.filter(({ entry }) => entry.spec.name === name)
  const found =
    named.length > 0 ? named : all.filter(({ entry }) => ID.test(name) && entry.id.startsWith(name))
  return found.toSorted((a, b) => b.entry.createdAt - a.entry.createdAt)[0]
}

/** Fewer digits are rather a word. */
const ID = /^[0-9a-f]{4,64}$/

function requireRunning(
  roots: Roots,
  { project, entry }: Owner,
  { spec, type }: Pick<NamedJoin, 'spec' | 'type'>,
): JoinedProcess {
  const { pid: record, exit } = containerLayout(roots, project, entry.id)
  const state = readProcessState({ pid: record, exit })
  const subject = `container ${entry.spec.name}`
  if (state.kind === 'running') return { record, pid: state.process.pid, subject }
  throw cannotJoin(spec, type, {
    owner: subject,
    reason: 'it is not running',
    hint: `Start it first: tcompose -p ${project} start ${entry.spec.service}`,
  })
}

function cannotJoin(
  { service }: ContainerSpec,
  type: JoinedType,
  { owner, reason, hint }: { readonly owner: string; readonly reason: string; readonly hint: string },
): TcomposeError {
  const message = `Cannot join the ${type.toUpperCase()} namespace of ${owner} in service "${service}": ${reason}`
  const code = reason === 'its IPC namespace is private' ? 'bad-value' : 'container-not-running'
  return new TcomposeError(code, message, { hint, origin: servicePath(service, type) })
}
