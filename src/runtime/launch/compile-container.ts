import { posix } from 'node:path'
import { servicePath } from '../../base/model-path.ts'
import { commandLine } from '../../engine/local/container/command-line.ts'
import { grantedCapabilities } from '../capabilities.ts'
import { birthCgroup, enterCgroupSteps } from './cgroup-steps.ts'
import type { ContainerInput } from './container-input.ts'
import { containerEnvironment } from './environment.ts'
import { filesystemSteps, sealRootSteps } from './filesystem-steps.ts'
import {
  CLONE_NEWCGROUP,
  CLONE_NEWIPC,
  CLONE_NEWNET,
  CLONE_NEWNS,
  CLONE_NEWPID,
  CLONE_NEWUTS,
} from './kernel-flags.ts'
import type { LaunchRequest, LaunchStep } from './launch-op.ts'
import { step, targetStep, writeStep } from './launch-steps.ts'
import { SPARE_SLOT } from './mount-steps.ts'
import { confinementSteps, execSteps, ownStreamSteps } from './process-steps.ts'
import { rlimitSteps } from './rlimits.ts'

/**
 * Returns the launch of a container's main process. Asks nothing of the host, so the result can be stored and
 * launched again as long as `input` holds.
 *
 * @throws {TcomposeError} If the container cannot be had as it is asked for: no command, too many layers or mounts,
 *   an unknown ulimit.
 */
export function compileContainer(input: ContainerInput): LaunchRequest {
  const { spec, id, layout, cgroup } = input
  return {
    id,
    kind: 'container',
    killOnHangup: false,
    stdinOpen: spec.config.stdinOpen && !spec.config.tty,
    cloneFlags: CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS,
    join: undefined,
    cgroup: birthCgroup(cgroup),
    stateDir: layout.runDir,
    logPath: layout.log,
    program: containerProgram(input),
  }
}

function containerProgram(input: ContainerInput): readonly LaunchStep[] {
  const { config } = input.spec
  const environment = containerEnvironment({
    image: input.image.config.environment,
    hostname: input.names.hostname,
    home: input.account.home,
    tty: config.tty,
    service: config.environment,
  })
  return [
    ...namespaceSteps(input),
    ...filesystemSteps(input),
    ...nameSteps(input),
    ...rlimitSteps(config.ulimits, config.name),
    ...workingDirSteps(input),
    ...standardStreamSteps(input),
    ...sealRootSteps(input),
    ...confinementSteps({
      account: input.account,
      capabilities: grantedCapabilities(config.security, input.host.capabilities),
      noNewPrivileges: config.security.noNewPrivileges,
      seccomp: config.security.privileged ? undefined : input.seccomp,
    }),
    ...execSteps(commandLine(config, input.image.config), environment, config.init),
  ]
}

function namespaceSteps({ netns, cgroup, spec: { config } }: ContainerInput): readonly LaunchStep[] {
  const details = { purpose: 'join the network namespace', origin: servicePath(config.name, 'networks') }
  const score = config.oomScoreAdj ?? 0
  return [
    step({ op: 'new-session' }, { purpose: 'start a session' }),
    ...(netns === undefined
      ? []
      : [step({ op: 'join-namespace', path: netns, namespace: CLONE_NEWNET }, details)]),
    // The namespace's root is the cgroup that the process is in at this moment.
    ...enterCgroupSteps(cgroup),
    step({ op: 'unshare', namespaces: CLONE_NEWCGROUP }, { purpose: 'make a control group namespace' }),
    // The keeper is protected from the OOM killer, and children inherit that.
    writeStep('/proc/self/oom_score_adj', String(score), {
      purpose: `set oom_score_adj to ${score}`,
      origin: servicePath(config.name, 'oom_score_adj'),
    }),
  ]
}

function nameSteps({
  names: { hostname, domainname },
  spec: { service },
}: ContainerInput): readonly LaunchStep[] {
  return [
    step(
      { op: 'set-hostname', name: hostname },
      { purpose: `set hostname "${hostname}"`, origin: servicePath(service, 'hostname') },
    ),
    ...(domainname === undefined
      ? []
      : [
          step(
            { op: 'set-domainname', name: domainname },
            { purpose: `set domainname "${domainname}"`, origin: servicePath(service, 'domainname') },
          ),
        ]),
  ]
}

function workingDirSteps({ spec: { config }, image }: ContainerInput): readonly LaunchStep[] {
  const path = workingDir(config.workingDir, image.config.workingDir)
  const details = {
    purpose: `change to working directory ${path}`,
    origin: servicePath(config.name, 'working_dir'),
  }
  return [targetStep(path, true, details), step({ op: 'chdir', path }, details)]
}

/** Returns the folder that a process starts in, absolute. */
export function workingDir(asked: string | undefined, image: string): string {
  return posix.resolve('/', asked ?? image)
}

/**
 * A terminal is opened in the container's own devpts. Otherwise the streams are pipes of the keeper.
 */
function standardStreamSteps({ spec: { config }, account }: ContainerInput): readonly LaunchStep[] {
  const { uid } = account
  if (config.tty) {
    const terminal = { op: 'open-terminal', ptmx: '/dev/pts/ptmx', rows: 24, columns: 80, uid } as const
    const details = { purpose: 'open a terminal', origin: servicePath(config.name, 'tty') }
    const clone = { slot: SPARE_SLOT, recursive: false, attributes: 0, propagation: 0 }
    return [
      step(terminal, details),
      targetStep('/dev/console', false, details),
      // The first terminal of a devpts instance is number 0.
      step({ op: 'open-tree', source: '/dev/pts/0', ...clone }, details),
      step({ op: 'place-tree', slot: SPARE_SLOT, target: '/dev/console' }, details),
    ]
  }
  return ownStreamSteps(config.stdinOpen ? [0, 1, 2] : [1, 2], account)
}
