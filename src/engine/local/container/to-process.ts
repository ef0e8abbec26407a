import { posix } from 'node:path'
import type { Service } from '../../../model/service.ts'
import type { ProcessSpec, RlimitSpec } from '../../../oci/runtime-spec.ts'
import { type CapabilitySet, capabilityNames } from '../../../runtime/capabilities.ts'
import { rlimitType, UNLIMITED } from '../../../runtime/launch/rlimits.ts'
import type { ResolvedUser } from '../../../runtime/rootfs/users.ts'

/** A process of a service's container. */
export interface ProcessInput {
  readonly service: Pick<Service, 'ulimits' | 'security' | 'oomScoreAdj'>
  readonly user: ResolvedUser
  readonly args: readonly string[]
  readonly env: readonly string[]
  /** Absolute. */
  readonly cwd: string
  /** What it may have at most. */
  readonly capabilities: CapabilitySet
  /** The size of its terminal; undefined for one without. */
  readonly terminal: { readonly rows: number; readonly columns: number } | undefined
}

/** umask of every process, as Docker has it. */
const UMASK = 0o022

/** Returns the `process` of a runtime spec. */
export function toProcess(input: ProcessInput): ProcessSpec {
  const { service, user, args, env, cwd, capabilities, terminal } = input
  const { uid, gid, groups } = user
  const names = capabilityNames(capabilities)
  // Ambient stays empty: a user other than root gets capabilities only by running a file that has them.
  const own = uid === 0 ? names : []
  return {
    ...(terminal !== undefined && {
      terminal: true,
      consoleSize: { height: terminal.rows, width: terminal.columns },
    }),
    user: { uid, gid, umask: UMASK, additionalGids: groups },
    args,
    env,
    cwd,
    capabilities: { bounding: names, effective: own, permitted: own, inheritable: [], ambient: [] },
    rlimits: toRlimits(service.ulimits),
    noNewPrivileges: service.security.noNewPrivileges,
    ...(service.security.apparmor !== undefined && { apparmorProfile: service.security.apparmor }),
    oomScoreAdj: service.oomScoreAdj ?? 0,
  }
}

/** Returns `user` as a member of `groups` too. */
export function withGroups(user: ResolvedUser, groups: readonly number[] = []): ResolvedUser {
  return groups.length === 0 ? user : { ...user, groups: [...new Set([...user.groups, ...groups])] }
}

/** Returns the folder that a process starts in: one that was asked for, or else the image's. */
export function workingDir(asked: string | undefined, image: string): string {
  return posix.resolve('/', asked ?? image)
}

function toRlimits(ulimits: Service['ulimits']): readonly RlimitSpec[] {
  return [...ulimits].map(([name, { soft, hard }]) => ({
    type: rlimitType(name),
    soft: limitOf(soft),
    hard: limitOf(hard),
  }))
}

/** The file has -1 for no limit. */
function limitOf(value: number): bigint {
  return value < 0 ? UNLIMITED : BigInt(value)
}
