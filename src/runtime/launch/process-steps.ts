import type { CapabilitySet } from '../capabilities.ts'
import type { ResolvedUser } from '../rootfs/users.ts'
import { programCandidates } from './environment.ts'
import type { LaunchStep } from './launch-op.ts'
import { step } from './launch-steps.ts'

/** What a process is allowed to be. */
export interface Confinement {
  readonly account: ResolvedUser
  /** What the process may have at most. */
  readonly capabilities: CapabilitySet
  readonly noNewPrivileges: boolean
  readonly seccomp: Uint8Array | undefined
}

/** umask of every process, as Docker has it. */
const UMASK = 0o022

const SIGKILL = 9

/**
 * Returns the steps that take privileges away for good. Without no-new-privileges the filter needs CAP_SYS_ADMIN,
 * so it is installed before the capabilities go, and has to let the rest of the program through; with it the filter
 * comes last and only sees what follows.
 */
export function confinementSteps(input: Confinement): readonly LaunchStep[] {
  const { account, capabilities, noNewPrivileges, seccomp } = input
  const filter =
    seccomp === undefined
      ? []
      : [step({ op: 'seccomp', filter: seccomp }, { purpose: 'install the seccomp filter' })]
  return [
    step({ op: 'umask', mask: UMASK }, { purpose: 'set the file mode mask' }),
    step(
      { op: 'limit-bounding-set', keep: capabilities },
      { purpose: 'drop capabilities from the bounding set' },
    ),
    ...(noNewPrivileges ? [] : filter),
    ...accountSteps(account),
    capabilityStep(account.uid === 0 ? capabilities : 0n),
    ...(noNewPrivileges
      ? [step({ op: 'no-new-privileges' }, { purpose: 'forbid new privileges' }), ...filter]
      : []),
  ]
}

/** Returns the last steps: the process dies with the keeper and becomes `argv`. */
export function execSteps(
  argv: readonly string[],
  environment: readonly string[],
  init: boolean,
): readonly LaunchStep[] {
  const [program = ''] = argv
  return [
    // Changing uid or gid clears it; taking capabilities away does not.
    step({ op: 'parent-death-signal', signal: SIGKILL }, { purpose: 'tie the process to the keeper' }),
    ...(init ? [step({ op: 'run-init' }, { purpose: 'start the init process' })] : []),
    step(
      { op: 'exec', candidates: programCandidates(program, environment), argv, environment },
      { purpose: `run "${program}"` },
    ),
  ]
}

/** Returns the steps that give pipes to the user, who could not open them again through /dev/stdout otherwise. */
export function ownStreamSteps(
  streams: readonly number[],
  { uid, gid }: Pick<ResolvedUser, 'uid' | 'gid'>,
): readonly LaunchStep[] {
  if (uid === 0) return []
  return streams.map(stream =>
    step(
      { op: 'chown', path: `/proc/self/fd/${stream}`, uid, gid },
      { purpose: `give standard stream ${stream} to user ${uid}` },
    ),
  )
}

function accountSteps({ uid, gid, groups }: ResolvedUser): readonly LaunchStep[] {
  const gids = [...new Set([gid, ...groups])]
  return [
    step({ op: 'set-groups', gids }, { purpose: `join the groups ${gids.join(', ')}` }),
    step({ op: 'set-gid', gid }, { purpose: `change to group ${gid}` }),
    step({ op: 'set-uid', uid }, { purpose: `change to user ${uid}` }),
  ]
}

/**
 * Leaving uid 0 clears the sets already; the call then only makes sure of it. Ambient stays empty: a user other than
 * root gets capabilities only by running a file that has them.
 */
function capabilityStep(capabilities: CapabilitySet): LaunchStep {
  return step(
    {
      op: 'set-capabilities',
      effective: capabilities,
      permitted: capabilities,
      inheritable: 0n,
      ambient: 0n,
    },
    { purpose: 'set the capabilities' },
  )
}
