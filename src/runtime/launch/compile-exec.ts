import type { Cgroup } from '../../linux/cgroup/cgroup.ts'
import type { ContainerSpec } from '../../model/container.ts'
import type { Image } from '../../model/image.ts'
import type { ContainerId } from '../../model/names.ts'
import { type CapabilitySet, grantedCapabilities } from '../capabilities.ts'
import type { ResolvedUser } from '../rootfs/users.ts'
import { birthCgroup, enterCgroupSteps } from './cgroup-steps.ts'
import { workingDir } from './compile-container.ts'
import { containerEnvironment, extendEnvironment } from './environment.ts'
import { CLONE_NEWCGROUP, CLONE_NEWIPC, CLONE_NEWNET, CLONE_NEWNS, CLONE_NEWUTS } from './kernel-flags.ts'
import type { LaunchRequest, LaunchStep } from './launch-op.ts'
import { step, writeStep } from './launch-steps.ts'
import { confinementSteps, execSteps, ownStreamSteps } from './process-steps.ts'
import { rlimitSteps } from './rlimits.ts'

/** A process to run beside the main one of a running container. */
export interface ExecInput {
  /** Unique among the keeper's live processes. */
  readonly id: string
  readonly container: ContainerId
  readonly spec: ContainerSpec
  readonly image: Pick<Image, 'config'>
  readonly cgroup: Cgroup
  /** The user to run as, of the container's own /etc/passwd. */
  readonly account: ResolvedUser
  readonly argv: readonly string[]
  /** `NAME=value` lines over the container's own. */
  readonly environment: readonly string[]
  /** Undefined is the container's. */
  readonly workingDir: string | undefined
  /** All capabilities of the host; the filter and the devices stay those of the container, as with Docker. */
  readonly privileged: boolean
  readonly terminal: { readonly rows: number; readonly columns: number } | undefined
  /** Which of its standard streams are pipes made for it, and so belong to the user that it runs as. */
  readonly ownStreams: readonly number[]
  /** Kill the process when the client that launched it hangs up. */
  readonly killOnHangup: boolean
  readonly seccomp: Uint8Array | undefined
  /** The container's host name. */
  readonly hostname: string
  readonly host: { readonly capabilities: CapabilitySet }
}

/** Returns the launch of a process in a running container, for `exec` and health checks. */
export function compileExec(input: ExecInput): LaunchRequest {
  return {
    id: input.id,
    kind: 'auxiliary',
    killOnHangup: input.killOnHangup,
    stdinOpen: false,
    cloneFlags: 0,
    join: input.container,
    cgroup: birthCgroup(input.cgroup),
    stateDir: undefined,
    logPath: undefined,
    program: execProgram(input),
  }
}

function execProgram(input: ExecInput): readonly LaunchStep[] {
  const { account, privileged, spec } = input
  const { config } = spec
  const path = workingDir(input.workingDir ?? config.workingDir, input.image.config.workingDir)
  return [
    ...joinSteps(input),
    ...rlimitSteps(config.ulimits, config.name),
    step({ op: 'chdir', path }, { purpose: `change to working directory ${path}` }),
    ...confinementSteps({
      account,
      capabilities: grantedCapabilities(
        { ...config.security, privileged: privileged || config.security.privileged },
        input.host.capabilities,
      ),
      noNewPrivileges: config.security.noNewPrivileges,
      seccomp: config.security.privileged ? undefined : input.seccomp,
    }),
    ...terminalSteps(input),
    ...execSteps(input.argv, execEnvironment(input), false),
  ]
}

/**
 * The cgroup's files belong to the host, so it is entered before the mount namespace changes. The process is seen in
 * the /proc of the host alone.
 */
function joinSteps({ cgroup, account, ownStreams, spec: { config } }: ExecInput): readonly LaunchStep[] {
  const namespaces = CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP
  return [
    ...ownStreamSteps(ownStreams, account),
    ...enterCgroupSteps(cgroup),
    writeStep('/proc/self/oom_score_adj', String(config.oomScoreAdj ?? 0), {
      purpose: 'set oom_score_adj',
      origin: `services.${config.name}.oom_score_adj`,
    }),
    step({ op: 'join-target', namespaces }, { purpose: 'join the namespaces of the container' }),
  ]
}

/**
 * The keeper bears the process into the PID namespace of the container before the first step that is for the process
 * alone, so no such step comes before the confinement. A terminal belongs to the user that opens it.
 */
function terminalSteps({ terminal }: ExecInput): readonly LaunchStep[] {
  const session = step({ op: 'new-session' }, { purpose: 'start a session' })
  if (terminal === undefined) return [session]
  return [
    session,
    step(
      { op: 'open-terminal', ptmx: '/dev/pts/ptmx', ...terminal, uid: NO_OWNER },
      { purpose: 'open a terminal' },
    ),
  ]
}

/** As chown(2) has it: -1 leaves the owner as it is. */
const NO_OWNER = 0xffffffff

function execEnvironment({
  spec,
  image,
  account,
  environment,
  hostname,
  terminal,
}: ExecInput): readonly string[] {
  const own = containerEnvironment({
    image: image.config.environment,
    hostname,
    home: account.home,
    tty: terminal !== undefined || spec.config.tty,
    service: spec.config.environment,
  })
  return extendEnvironment(
    own,
    environment.filter(line => line !== 'HOME='),
  )
}
