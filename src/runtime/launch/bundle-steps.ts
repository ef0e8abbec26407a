import { posix } from 'node:path'
import { bundleConfig } from '../../oci/bundle-config.ts'
import { bundleSpec, preparedMounts, ROOT } from './bundle-spec.ts'
import { enterCgroupSteps } from './cgroup-steps.ts'
import type { ContainerLaunch } from './container-launch.ts'
import { MS_NODEV, MS_NOEXEC, MS_NOSUID, MS_PRIVATE, MS_REC } from './kernel-flags.ts'
import type { LaunchStep } from './launch-op.ts'
import { mountStep, step, targetStep } from './launch-steps.ts'
import {
  isFileMount,
  mountDetails,
  newMountSteps,
  openSourceSteps,
  type PlacedMount,
  placedMounts,
} from './mount-steps.ts'
import { type BundleRuntime, runtimeArgv } from './oci-runtime.ts'
import { overlaySteps } from './overlay-steps.ts'
import { DEFAULT_PATH } from './program-candidates.ts'

const SIGKILL = 9

/**
 * Returns the program that has an OCI runtime run a container. The bundle with the container's root, and all that the
 * runtime remembers, are in a mount namespace of the runtime's process, so nothing is left of them when that and the
 * container have ended, however they do.
 *
 * The control group is the container's already. The runtime sees the groups of the host read-only, and is told to do
 * without any of its own.
 */
export function bundleProgram(
  launch: ContainerLaunch,
  { runtime, pidFile }: BundleRuntime,
): readonly LaunchStep[] {
  const { spec, extras } = launch
  const bundle = spec.root.path
  const prepared = preparedMounts(placedMounts(launch), launch)
  const command = ['run', '--bundle', bundle, '--pid-file', pidFile, extras.id]
  return [
    step({ op: 'new-session' }, { purpose: 'start a session' }),
    ...enterCgroupSteps(extras.cgroup),
    ...openSourceSteps(prepared),
    mountStep(
      { type: '', source: '', target: '/', flags: MS_REC | MS_PRIVATE },
      { purpose: 'separate the mounts from those of the host' },
    ),
    ...newMountSteps(prepared, launch),
    ...hideCgroupSteps(launch),
    ...folderSteps(bundle),
    ...overlaySteps(extras.root, `${bundle}/${ROOT}`, {
      purpose: `mount image "${extras.root.image}"`,
      origin: extras.origins.get('root.path'),
    }),
    ...prepared.flatMap(mount => placeSteps(mount, sourcePath(bundle, mount))),
    writeNewStep(
      `${bundle}/config.json`,
      bundleConfig(
        bundleSpec(launch, new Map(prepared.map(mount => [mount.mount, sourcePath(bundle, mount)]))),
      ),
    ),
    ...terminalSteps(launch, bundle),
    ...runtimeExecSteps(runtimeArgv(runtime, bundle, command)),
  ]
}

function sourcePath(bundle: string, { slot }: PlacedMount): string {
  return `${bundle}/mounts/${slot}`
}

/** The folder is in memory, and there for root alone. */
function folderSteps(bundle: string): readonly LaunchStep[] {
  const folders = [ROOT, 'state', 'mounts', 'exec', 'pts']
  return [
    memoryStep(bundle),
    ...folders.map(name =>
      step({ op: 'mkdir', path: `${bundle}/${name}`, mode: 0o755 }, { purpose: `make ${bundle}/${name}` }),
    ),
  ]
}

/** Returns the step that mounts a folder in memory for what a runtime is to read. */
export function memoryStep(target: string): LaunchStep {
  return mountStep({ type: 'tmpfs', target, flags: MS_NOSUID | MS_NODEV, data: 'mode=700' })
}

/** Returns the step that writes a file that does not exist. */
export function writeNewStep(path: string, text: string): LaunchStep {
  return step(
    { op: 'write-file', path, content: Buffer.from(text), create: true, mode: 0o600 },
    { purpose: `write ${path}` },
  )
}

function placeSteps(placed: PlacedMount, target: string): readonly LaunchStep[] {
  const { mount, extras, slot } = placed
  const details = mountDetails(mount, extras)
  return [
    targetStep(target, !isFileMount(extras.files), details),
    step({ op: 'move-tree', slot, target }, details),
  ]
}

/**
 * runc and runsc make folders in every hierarchy, those included that tcompose does not use, and crun refuses a host
 * that has both versions.
 */
function hideCgroupSteps({ extras: { cgroups } }: ContainerLaunch): readonly LaunchStep[] {
  const roots =
    cgroups.kind === 'v2'
      ? [cgroups.mountPoint]
      : [...new Set(cgroups.hierarchies.map(({ mountPoint }) => parentOf(mountPoint)))]
  return [
    ...roots.map(path =>
      step({ op: 'read-only-path', path }, { purpose: 'keep the runtime from changing control groups' }),
    ),
    ...(cgroups.kind === 'v1'
      ? roots.map(root => {
          const path = `${root}/unified`
          return step({ op: 'mask-path', path }, { purpose: `hide ${path}`, optional: true })
        })
      : []),
  ]
}

/** One step for all hierarchies, which are next to each other; a lone one below the root of the host stands for itself. */
function parentOf(mountPoint: string): string {
  const parent = posix.dirname(mountPoint)
  return parent === '/' ? mountPoint : parent
}

/** A runtime in the foreground copies between the container's terminal and its own, which the keeper logs. */
function terminalSteps(
  { spec: { process }, extras }: ContainerLaunch,
  bundle: string,
): readonly LaunchStep[] {
  if (process.terminal !== true) return []
  const details = { purpose: 'open a terminal', origin: extras.origins.get('process.terminal') }
  return openTerminalSteps(bundle, process.consoleSize).map(made => ({ ...made, ...details }))
}

/** Returns the steps that open a terminal for a runtime's process. */
export function openTerminalSteps(
  bundle: string,
  size: { readonly height: number; readonly width: number } | undefined,
): readonly LaunchStep[] {
  const target = `${bundle}/pts`
  return [
    mountStep({
      type: 'devpts',
      target,
      flags: MS_NOSUID | MS_NOEXEC,
      data: 'newinstance,ptmxmode=0600,mode=0600',
    }),
    step(
      {
        op: 'open-terminal',
        ptmx: `${target}/ptmx`,
        rows: size?.height ?? 24,
        columns: size?.width ?? 80,
        uid: 0,
      },
      { purpose: 'open a terminal' },
    ),
  ]
}

/** Returns the last steps: the runtime's process dies with the keeper. */
export function runtimeExecSteps(argv: readonly string[]): readonly LaunchStep[] {
  const [program = ''] = argv
  return [
    step({ op: 'chdir', path: '/' }, { purpose: 'change to /' }),
    step({ op: 'parent-death-signal', signal: SIGKILL }, { purpose: 'tie the process to the keeper' }),
    step(
      { op: 'exec', candidates: [program], argv, environment: [`PATH=${DEFAULT_PATH}`] },
      { purpose: `run the OCI runtime "${program}"` },
    ),
  ]
}
