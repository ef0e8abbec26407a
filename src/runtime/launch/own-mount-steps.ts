import type { MountSpec } from '../../oci/runtime-spec.ts'
import { cgroupMountSteps } from './cgroup-mount-steps.ts'
import type { ContainerLaunch } from './container-launch.ts'
import { deviceSteps } from './device-steps.ts'
import { placeJoinedSteps } from './joined-steps.ts'
import { MS_RDONLY } from './kernel-flags.ts'
import type { LaunchStep } from './launch-op.ts'
import { mountStep, step, targetStep } from './launch-steps.ts'
import { filesystemOptions } from './mount-options.ts'
import { SPARE_SLOT } from './slots.ts'

/**
 * Returns the steps that mount what the container has of its own, such as /proc and /dev, in its root, before anything
 * is mounted over the image's files.
 */
export function ownMountSteps(launch: ContainerLaunch): readonly LaunchStep[] {
  const { spec, extras } = launch
  return spec.mounts.flatMap((mount, index) => (extras.mounts.has(index) ? [] : ownSteps(mount, launch)))
}

function ownSteps(mount: MountSpec, { spec, extras }: ContainerLaunch): readonly LaunchStep[] {
  const { destination: target, type } = mount
  const joined = placeJoinedSteps(target, extras.joined)
  if (joined !== undefined) return joined
  const { flags, data } = filesystemOptions(mount.options)
  if (type === 'cgroup') {
    const { namespaces } = spec.linux
    return cgroupMountSteps(extras.cgroup, extras.cgroups, {
      writable: (flags & MS_RDONLY) === 0,
      ofHost: !namespaces.some(({ type }) => type === 'cgroup'),
    })
  }
  const made = mountStep({ type, target, flags, data })
  if (type === 'proc' || type === 'sysfs') return [...ownFolderSteps(target, type), made]
  if (target === '/dev')
    return [targetStep(target, true), made, ...deviceSteps(spec.linux.devices ?? [], extras.origins)]
  return [step({ op: 'mkdir', path: target, mode: 0o755 }, { purpose: `make mount point ${target}` }), made]
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
