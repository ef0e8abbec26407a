import { bundleConfig } from '../../oci/bundle-config.ts'
import { memoryStep, openTerminalSteps, runtimeExecSteps, writeNewStep } from './bundle-steps.ts'
import { birthCgroup, enterCgroupSteps } from './cgroup-steps.ts'
import type { ProcessLaunch } from './container-launch.ts'
import { CLONE_NEWNS } from './kernel-flags.ts'
import type { LaunchRequest, LaunchStep } from './launch-op.ts'
import { step } from './launch-steps.ts'
import { type RunningBundle, runtimeArgv } from './oci-runtime.ts'

/** Returns the launch that has the OCI runtime of a container run a further process in it. */
export function compileRuntimeExec(
  { process, extras }: ProcessLaunch,
  running: RunningBundle,
): LaunchRequest {
  const { bundle } = running
  const folder = `${bundle}/exec`
  const file = `${folder}/process.json`
  return callRequest(extras, [
    ...enterCgroupSteps(extras.cgroup),
    joinStep(),
    // What the runtime reads goes with this process.
    step({ op: 'unshare', namespaces: CLONE_NEWNS }, { purpose: 'make a mount namespace' }),
    memoryStep(folder),
    writeNewStep(file, bundleConfig(process)),
    step({ op: 'new-session' }, { purpose: 'start a session' }),
    ...(process.terminal === true ? openTerminalSteps(bundle, process.consoleSize) : []),
    ...runtimeExecSteps(runtimeArgv(running.runtime, bundle, ['exec', '--process', file, extras.container])),
  ])
}

/** A signal for the main process of a container. */
export interface RuntimeSignal {
  /** Unique among the keeper's live processes. */
  readonly id: string
  readonly container: string
  readonly signal: number
}

/** Returns the launch that has the OCI runtime of a container signal its main process. */
export function compileRuntimeKill(
  { id, container, signal }: RuntimeSignal,
  { runtime, bundle }: RunningBundle,
): LaunchRequest {
  // Beside the control group of the container, whose limits may be used up.
  return callRequest({ id, container, killOnHangup: true }, [
    joinStep(),
    step({ op: 'new-session' }, { purpose: 'start a session' }),
    ...runtimeExecSteps(runtimeArgv(runtime, bundle, ['kill', container, String(signal)])),
  ])
}

type Called = Pick<ProcessLaunch['extras'], 'id' | 'container' | 'killOnHangup'> &
  Partial<Pick<ProcessLaunch['extras'], 'cgroup'>>

function callRequest(
  { id, container, cgroup, killOnHangup }: Called,
  program: readonly LaunchStep[],
): LaunchRequest {
  return {
    id,
    kind: 'auxiliary',
    killOnHangup,
    stdinOpen: false,
    cloneFlags: 0,
    join: container,
    cgroup: cgroup && birthCgroup(cgroup),
    stateDir: undefined,
    logPath: undefined,
    program,
  }
}

/** The keeper knows the runtime's process under the container's id: its mounts hold the bundle, its PID namespace is the host's. */
function joinStep(): LaunchStep {
  return step(
    { op: 'join-target', namespaces: CLONE_NEWNS },
    { purpose: "join the mounts of the container's runtime" },
  )
}
