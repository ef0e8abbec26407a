import { servicePath } from '../../base/model-path.ts'
import { cgroupMountSteps } from './cgroup-mount-steps.ts'
import type { ContainerInput } from './container-input.ts'
import { deviceSteps } from './device-steps.ts'
import {
  MOUNT_ATTR_RDONLY,
  MS_NODEV,
  MS_NOEXEC,
  MS_NOSUID,
  MS_PRIVATE,
  MS_RDONLY,
  MS_REC,
} from './kernel-flags.ts'
import type { LaunchStep } from './launch-op.ts'
import { mountStep, step, targetStep } from './launch-steps.ts'
import { maskSteps } from './masked-paths.ts'
import { newMountSteps, openSourceSteps, placeMountSteps, SPARE_SLOT } from './mount-steps.ts'
import { overlayOptions } from './overlay-options.ts'
import { sysctlSteps } from './sysctl-steps.ts'

/** Returns the steps from the host's mounts to the container's own, ready but for the root's read-only flag. */
export function filesystemSteps(input: ContainerInput): readonly LaunchStep[] {
  const { privileged, unmaskSystemPaths } = input.spec.config.security
  return [
    // While the mounts are still the host's peers: a shared bind keeps its peer group in the clone.
    ...openSourceSteps(input),
    mountStep(
      { type: '', source: '', target: '/', flags: MS_REC | MS_PRIVATE },
      { purpose: 'part the mounts from those of the host' },
    ),
    ...newMountSteps(input),
    ...rootSteps(input),
    ...kernelMountSteps(input),
    ...deviceSteps(input),
    ...sysctlSteps(input.spec.config, { hostNetwork: input.netns === undefined }),
    ...placeMountSteps(input),
    ...(privileged || unmaskSystemPaths ? [] : maskSteps()),
  ]
}

/** Returns the step that makes the root read-only where the file asks for it: nothing is made in it afterwards. */
export function sealRootSteps({ spec: { config } }: ContainerInput): readonly LaunchStep[] {
  if (!config.readOnly) return []
  return [
    step(
      { op: 'set-mount-attributes', path: '/', attributes: MOUNT_ATTR_RDONLY },
      { purpose: 'make the root filesystem read-only', origin: servicePath(config.name, 'read_only') },
    ),
  ]
}

function rootSteps({ image, layout, layersDir, spec }: ContainerInput): readonly LaunchStep[] {
  const { data, workingDir } = overlayOptions({
    layers: image.layers,
    writable: { upper: layout.upper, work: layout.work },
    layersDir,
    image: image.reference,
  })
  const details = { purpose: `mount image "${image.reference}"`, origin: servicePath(spec.service, 'image') }
  return [
    ...(workingDir === undefined ? [] : [step({ op: 'chdir', path: workingDir }, details)]),
    mountStep({ type: 'overlay', target: layout.rootfs, data }, details),
    step({ op: 'pivot-root', root: layout.rootfs }, { purpose: 'change the root to the image' }),
  ]
}

function kernelMountSteps(input: ContainerInput): readonly LaunchStep[] {
  const { privileged } = input.spec.config.security
  const flags = MS_NOSUID | MS_NODEV | MS_NOEXEC
  return [
    ...ownFolderSteps('/proc', 'proc'),
    mountStep({ type: 'proc', target: '/proc', flags }),
    ...ownFolderSteps('/sys', 'sysfs'),
    mountStep({ type: 'sysfs', target: '/sys', flags: privileged ? flags : flags | MS_RDONLY }),
    ...cgroupMountSteps(input.cgroup, input.host.cgroups, privileged),
  ]
}

/**
 * Returns the steps that make `target` where it is missing, and fail where it is a link of the image, as runc does: a
 * volume could cover what the link leads to, and show the launch a /proc of its own.
 */
function ownFolderSteps(target: string, type: string): readonly LaunchStep[] {
  const details = { purpose: `mount ${type} at ${target}` }
  const unchanged = { recursive: false, attributes: 0, propagation: 0 }
  return [
    targetStep(target, true, details),
    step(
      { op: 'open-tree-beneath', slot: SPARE_SLOT, root: '/', path: target.slice(1), ...unchanged },
      details,
    ),
  ]
}
