import { birthCgroup, enterCgroupSteps } from './cgroup-steps.ts'
import { compileRuntimeExec } from './compile-runtime-call.ts'
import type { ProcessLaunch } from './container-launch.ts'
import { CLONE_NEWCGROUP, CLONE_NEWIPC, CLONE_NEWNET, CLONE_NEWNS, CLONE_NEWUTS } from './kernel-flags.ts'
import type { LaunchRequest, LaunchStep } from './launch-op.ts'
import { step, writeStep } from './launch-steps.ts'
import { apparmorSteps, confinementSteps, execSteps, ownStreamSteps } from './process-steps.ts'
import { rlimitSteps } from './rlimits.ts'
import { joinNamespaceSteps, withOuterOwners } from './user-namespace-steps.ts'

/** Returns the launch of a process in a running container, for `exec` and health checks. */
export function compileProcess(launch: ProcessLaunch): LaunchRequest {
  const { id, container, cgroup, killOnHangup, running } = launch.extras
  if (running !== undefined) return compileRuntimeExec(launch, running)
  return {
    id,
    kind: 'auxiliary',
    killOnHangup,
    stdinOpen: false,
    cloneFlags: 0,
    join: container,
    cgroup: birthCgroup(cgroup),
    stateDir: undefined,
    logPath: undefined,
    program: processProgram(launch),
  }
}

function processProgram(launch: ProcessLaunch): readonly LaunchStep[] {
  const { process, extras } = launch
  const { cwd, rlimits = [] } = process
  const steps = [
    ...joinSteps(launch),
    ...rlimitSteps(rlimits, extras.origins),
    step({ op: 'chdir', path: cwd }, { purpose: `change to working directory ${cwd}` }),
    ...confinementSteps(process, extras.seccomp, joinNamespaceSteps(extras.owners)),
    ...terminalSteps(launch),
    ...execSteps(process, false),
  ]
  return withOuterOwners(steps, extras.owners)
}

/**
 * The cgroup's files belong to the host, so it is entered before the mount namespace changes. The process is seen in
 * the /proc of the host alone.
 */
function joinSteps({ process, extras }: ProcessLaunch): readonly LaunchStep[] {
  const namespaces = CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP
  return [
    ...ownStreamSteps(extras.ownStreams, process.user, extras.owners),
    ...enterCgroupSteps(extras.cgroup),
    ...apparmorSteps(process),
    writeStep('/proc/self/oom_score_adj', String(process.oomScoreAdj ?? 0), {
      purpose: 'set oom_score_adj',
      origin: extras.origins.get('process.oomScoreAdj'),
    }),
    step({ op: 'join-target', namespaces }, { purpose: 'join the namespaces of the container' }),
  ]
}

/**
 * The keeper bears the process into the PID namespace of the container before the first step that is for the process
 * alone, so no such step comes before the confinement. A terminal belongs to the user that opens it.
 */
function terminalSteps({ process: { terminal, consoleSize } }: ProcessLaunch): readonly LaunchStep[] {
  const session = step({ op: 'new-session' }, { purpose: 'start a session' })
  if (!terminal) return [session]
  return [
    session,
    step(
      {
        op: 'open-terminal',
        ptmx: '/dev/pts/ptmx',
        rows: consoleSize?.height ?? 24,
        columns: consoleSize?.width ?? 80,
        uid: NO_OWNER,
      },
      { purpose: 'open a terminal' },
    ),
  ]
}

/** As chown(2) has it: -1 leaves the owner as it is. */
const NO_OWNER = 0xffffffff
