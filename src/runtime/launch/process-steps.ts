import type { OwnerMaps } from '../../model/id-mapping.ts'
import type { CapabilitiesSpec, ProcessSpec, ProcessUser } from '../../oci/runtime-spec.ts'
import { readCapabilities } from '../capabilities.ts'
import type { LaunchStep } from './launch-op.ts'
import { step, writeStep } from './launch-steps.ts'
import { programCandidates } from './program-candidates.ts'

/** umask of a process that asks for no other, as runc has it. */
const UMASK = 0o022

const SIGKILL = 9

const NO_CAPABILITIES: CapabilitiesSpec = {
  bounding: [],
  effective: [],
  permitted: [],
  inheritable: [],
  ambient: [],
}

/**
 * Returns the steps that take privileges away for good. Without no-new-privileges the filter needs CAP_SYS_ADMIN,
 * so it is installed before the capabilities go, and has to let the rest of the program through; with it the filter
 * comes last and only sees what follows. `entry` are the steps that lead into a user namespace.
 */
export function confinementSteps(
  { user, capabilities = NO_CAPABILITIES, noNewPrivileges = false }: ProcessSpec,
  seccomp: Uint8Array | undefined,
  entry: readonly LaunchStep[] = [],
): readonly LaunchStep[] {
  const filter =
    seccomp === undefined
      ? []
      : [step({ op: 'seccomp', filter: seccomp }, { purpose: 'install the seccomp filter' })]
  return [
    // The bounding set of who enters a user namespace is full.
    ...entry,
    step({ op: 'umask', mask: user.umask ?? UMASK }, { purpose: 'set the file mode mask' }),
    step(
      { op: 'limit-bounding-set', keep: readCapabilities(capabilities.bounding) },
      { purpose: 'drop capabilities from the bounding set' },
    ),
    ...(noNewPrivileges ? [] : filter),
    ...userSteps(user),
    capabilityStep(capabilities),
    ...(noNewPrivileges
      ? [step({ op: 'no-new-privileges' }, { purpose: 'forbid new privileges' }), ...filter]
      : []),
  ]
}

/**
 * Returns the step that has the program run under a profile of AppArmor, from its exec on. It writes to the host's /proc,
 * before a container can put anything over its own (CVE-2019-16884).
 */
export function apparmorSteps({ apparmorProfile }: ProcessSpec): readonly LaunchStep[] {
  if (apparmorProfile === undefined) return []
  const purpose = `confine it with AppArmor profile "${apparmorProfile}"`
  return [writeStep('/proc/self/attr/apparmor/exec', `exec ${apparmorProfile}`, { purpose })]
}

/** Returns the last steps: the process dies with the keeper and becomes its program. */
export function execSteps({ args, env = [] }: ProcessSpec, init: boolean): readonly LaunchStep[] {
  const [program = ''] = args
  return [
    // Changing uid or gid clears it; taking capabilities away does not.
    step({ op: 'parent-death-signal', signal: SIGKILL }, { purpose: 'tie the process to the keeper' }),
    ...(init ? [step({ op: 'run-init' }, { purpose: 'start the init process' })] : []),
    step(
      { op: 'exec', candidates: programCandidates(program, env), argv: args, environment: env },
      { purpose: `run "${program}"` },
    ),
  ]
}

/** Returns the steps that give pipes to the user, who could not open them again through /dev/stdout otherwise. */
export function ownStreamSteps(
  streams: readonly number[],
  { uid, gid }: Pick<ProcessUser, 'uid' | 'gid'>,
  maps?: OwnerMaps,
): readonly LaunchStep[] {
  if (uid === 0 && maps === undefined) return []
  return streams.map(stream =>
    step(
      { op: 'chown', path: `/proc/self/fd/${stream}`, uid, gid },
      { purpose: `give standard stream ${stream} to user ${uid}` },
    ),
  )
}

function userSteps({ uid, gid, additionalGids = [] }: ProcessUser): readonly LaunchStep[] {
  const gids = [...new Set([gid, ...additionalGids])]
  return [
    step({ op: 'set-groups', gids }, { purpose: `join the groups ${gids.join(', ')}` }),
    step({ op: 'set-gid', gid }, { purpose: `change to group ${gid}` }),
    step({ op: 'set-uid', uid }, { purpose: `change to user ${uid}` }),
  ]
}

/** Leaving uid 0 clears the sets already; for a user that has none the call then only makes sure of it. */
function capabilityStep({ effective, permitted, inheritable, ambient }: CapabilitiesSpec): LaunchStep {
  return step(
    {
      op: 'set-capabilities',
      effective: readCapabilities(effective),
      permitted: readCapabilities(permitted),
      inheritable: readCapabilities(inheritable),
      ambient: readCapabilities(ambient),
    },
    { purpose: 'set the capabilities' },
  )
}
