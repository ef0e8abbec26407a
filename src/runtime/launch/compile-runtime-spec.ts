import type { NamespaceSpec, RuntimeSpec } from '../../oci/runtime-spec.ts'
import { bundleProgram } from './bundle-steps.ts'
import { birthCgroup, enterCgroupSteps } from './cgroup-steps.ts'
import type { ContainerLaunch } from './container-launch.ts'
import { filesystemSteps, sealRootSteps } from './filesystem-steps.ts'
import { openJoinedSteps } from './joined-steps.ts'
import {
  CLONE_NEWCGROUP,
  CLONE_NEWIPC,
  CLONE_NEWNET,
  CLONE_NEWNS,
  CLONE_NEWPID,
  CLONE_NEWUSER,
  CLONE_NEWUTS,
} from './kernel-flags.ts'
import type { LaunchRequest, LaunchStep } from './launch-op.ts'
import { type StepDetails, step, targetStep, writeStep } from './launch-steps.ts'
import { apparmorSteps, confinementSteps, execSteps, ownStreamSteps } from './process-steps.ts'
import { rlimitSteps } from './rlimits.ts'
import { SPARE_SLOT } from './slots.ts'
import { enterNamespaceSteps, ownerMapsOf, withOuterOwners } from './user-namespace-steps.ts'

/**
 * Returns the launch of a container's main process. Asks nothing of the host, so the result can be stored and
 * launched again as long as what the spec names is there.
 *
 * @throws {TcomposeError} If the container cannot be had as it is asked for: too many layers or mounts, an unknown
 *   limit, a kernel parameter of the host.
 */
export function compileRuntimeSpec(launch: ContainerLaunch): LaunchRequest {
  const { spec, extras } = launch
  return {
    id: extras.id,
    kind: 'container',
    killOnHangup: extras.killOnHangup === true,
    stdinOpen: extras.stdinOpen && !spec.process.terminal,
    cloneFlags: extras.runtime === undefined ? cloneFlags(spec) : CLONE_NEWNS,
    join: undefined,
    cgroup: birthCgroup(extras.cgroup),
    stateDir: extras.stateDir,
    logPath: extras.logPath,
    logLimits: extras.logLimits,
    program: extras.runtime === undefined ? containerProgram(launch) : bundleProgram(launch, extras.runtime),
  }
}

function containerProgram(launch: ContainerLaunch): readonly LaunchStep[] {
  const { spec, extras } = launch
  const { process } = spec
  const isBorne = extras.joined?.has('pid') === true
  const maps = ownerMapsOf(spec.linux)
  const steps = [
    ...(isBorne ? pipeSteps(launch) : []),
    ...namespaceSteps(launch),
    ...openJoinedSteps(launch),
    ...filesystemSteps(launch),
    ...nameSteps(launch),
    ...rlimitSteps(process.rlimits ?? [], extras.origins),
    ...workingDirSteps(launch),
    ...(isBorne ? [] : pipeSteps(launch)),
    ...terminalSteps(launch, isBorne),
    ...sealRootSteps(launch),
    ...confinementSteps(process, extras.seccomp, enterNamespaceSteps(maps)),
    ...(isBorne && process.terminal ? [step({ op: 'take-terminal' }, terminalDetails(launch))] : []),
    ...execSteps(process, extras.init),
  ]
  return withOuterOwners(steps, maps)
}

/** CLONE_NEW* flag of each kind of namespace. */
const NAMESPACES: Readonly<Record<NamespaceSpec['type'], number>> = {
  mount: CLONE_NEWNS,
  pid: CLONE_NEWPID,
  ipc: CLONE_NEWIPC,
  uts: CLONE_NEWUTS,
  cgroup: CLONE_NEWCGROUP,
  network: CLONE_NEWNET,
  user: CLONE_NEWUSER,
}

/**
 * The root of a control group namespace is the group that its maker is in, so the process makes that one itself. A user
 * namespace is entered at the end.
 */
function cloneFlags({ linux }: RuntimeSpec): number {
  return linux.namespaces
    .filter(({ type, path }) => type !== 'cgroup' && type !== 'user' && path === undefined)
    .reduce((flags, { type }) => flags | NAMESPACES[type], 0)
}

function namespaceSteps({ spec, extras }: ContainerLaunch): readonly LaunchStep[] {
  const { namespaces } = spec.linux
  const score = spec.process.oomScoreAdj ?? 0
  return [
    step({ op: 'new-session' }, { purpose: 'start a session' }),
    ...namespaces.flatMap(({ type, path }) => (path === undefined ? [] : joinSteps(type, path, extras))),
    ...(extras.cgroupSteps ?? []),
    ...enterCgroupSteps(extras.cgroup),
    ...(namespaces.some(({ type, path }) => type === 'cgroup' && path === undefined)
      ? [step({ op: 'unshare', namespaces: CLONE_NEWCGROUP }, { purpose: 'make a control group namespace' })]
      : []),
    ...apparmorSteps(spec.process),
    // The keeper is protected from the OOM killer, and children inherit that.
    writeStep('/proc/self/oom_score_adj', String(score), {
      purpose: `set oom_score_adj to ${score}`,
      origin: extras.origins.get('process.oomScoreAdj'),
    }),
  ]
}

function joinSteps(
  type: NamespaceSpec['type'],
  path: string,
  { origins, joined, network = [] }: ContainerLaunch['extras'],
): readonly LaunchStep[] {
  if (type === 'network' && network.length > 0) return network
  const isKnown = type === 'network' || type === 'pid' || type === 'ipc'
  const origin = isKnown ? origins.get(`linux.namespaces.${type}`) : undefined
  const process = type === 'pid' || type === 'ipc' ? joined?.get(type) : undefined
  if (process === undefined) {
    const purpose = `join the ${type} namespace`
    return [step({ op: 'join-namespace', path, namespace: NAMESPACES[type] }, { purpose, origin })]
  }
  const purpose = `join the ${type.toUpperCase()} namespace of ${process.subject}`
  const join = { op: 'join-process', record: process.record, namespace: NAMESPACES[type] } as const
  return [step(join, { purpose, origin })]
}

function nameSteps({ spec: { hostname, domainname }, extras }: ContainerLaunch): readonly LaunchStep[] {
  return [
    ...(hostname === undefined
      ? []
      : [
          step(
            { op: 'set-hostname', name: hostname },
            { purpose: `set hostname "${hostname}"`, origin: extras.origins.get('hostname') },
          ),
        ]),
    ...(domainname === undefined
      ? []
      : [
          step(
            { op: 'set-domainname', name: domainname },
            { purpose: `set domainname "${domainname}"`, origin: extras.origins.get('domainname') },
          ),
        ]),
  ]
}

function workingDirSteps({ spec, extras }: ContainerLaunch): readonly LaunchStep[] {
  const path = spec.process.cwd
  const details = {
    purpose: `change to working directory ${path}`,
    origin: extras.origins.get('process.cwd'),
  }
  return [targetStep(path, true, details), step({ op: 'chdir', path }, details)]
}

/**
 * The standard streams are pipes of the keeper, which the process finds in a /proc of its own PID namespace; before it is
 * born into another container's they are found in the host's alone.
 */
function pipeSteps({ spec: { process, linux }, extras }: ContainerLaunch): readonly LaunchStep[] {
  return process.terminal
    ? []
    : ownStreamSteps(extras.stdinOpen ? [0, 1, 2] : [1, 2], process.user, ownerMapsOf(linux))
}

function terminalDetails({ extras }: ContainerLaunch): StepDetails {
  return { purpose: 'open a terminal', origin: extras.origins.get('process.terminal') }
}

/** A terminal is opened in the container's own devpts. It is the process's own only once that is born. */
function terminalSteps(launch: ContainerLaunch, isBorne: boolean): readonly LaunchStep[] {
  const { user, terminal, consoleSize } = launch.spec.process
  if (!terminal) return []
  const details = terminalDetails(launch)
  const clone = { slot: SPARE_SLOT, recursive: false, attributes: 0, propagation: 0 }
  return [
    step(
      {
        op: isBorne ? 'make-terminal' : 'open-terminal',
        ptmx: '/dev/pts/ptmx',
        rows: consoleSize?.height ?? 24,
        columns: consoleSize?.width ?? 80,
        uid: user.uid,
      },
      details,
    ),
    targetStep('/dev/console', false, details),
    // The first terminal of a devpts instance is number 0.
    step({ op: 'open-tree', source: '/dev/pts/0', ...clone }, details),
    step({ op: 'place-tree', slot: SPARE_SLOT, target: '/dev/console' }, details),
  ]
}
