import type { ContainerLaunch, PlacedFile } from './container-launch.ts'
import { MOUNT_ATTR_RDONLY, MS_REC } from './kernel-flags.ts'
import type { LaunchStep } from './launch-op.ts'
import { mountStep, step } from './launch-steps.ts'
import { maskSteps } from './mask-steps.ts'
import { propagationFlag } from './mount-options.ts'
import { newMountSteps, openSourceSteps, placedMounts, placeMountSteps } from './mount-steps.ts'
import { overlaySteps } from './overlay-steps.ts'
import { ownMountSteps } from './own-mount-steps.ts'
import { sysctlSteps } from './sysctl-steps.ts'
import { makeNamespaceSteps, mappedOverlaySteps, ownerMapsOf } from './user-namespace-steps.ts'

/** Returns the steps from the host's mounts to the container's own, ready but for the root's read-only flag. */
export function filesystemSteps(launch: ContainerLaunch): readonly LaunchStep[] {
  const { linux } = launch.spec
  const placed = placedMounts(launch)
  return [
    // While the mounts are still the host's peers: a shared bind keeps its peer group in the clone.
    ...openSourceSteps(placed),
    mountStep(
      { type: '', source: '', target: '/', flags: MS_REC | propagationFlag(linux.rootfsPropagation) },
      { purpose: 'separate the mounts from those of the host' },
    ),
    ...makeNamespaceSteps(ownerMapsOf(linux), launch.extras),
    ...newMountSteps(placed, launch),
    ...rootSteps(launch),
    ...ownMountSteps(launch),
    ...sysctlSteps(launch),
    ...placeMountSteps(placed),
    ...(launch.extras.placed ?? []).map(placedFileStep),
    ...maskSteps(linux),
  ]
}

function placedFileStep(file: PlacedFile): LaunchStep {
  const { path, origin } = file
  if (file.kind === 'link')
    return step({ op: 'place-link', target: file.target, path }, { purpose: `link ${path}`, origin })
  return step(
    { op: 'place-file', path, content: file.content, mode: 0o644 },
    { purpose: `write ${path}`, origin },
  )
}

/** Returns the step that makes the root read-only where the spec asks for it: nothing is made in it afterwards. */
export function sealRootSteps({ spec: { root }, extras }: ContainerLaunch): readonly LaunchStep[] {
  if (!root.readonly) return []
  return [
    step(
      { op: 'set-mount-attributes', path: '/', attributes: MOUNT_ATTR_RDONLY },
      { purpose: 'make the root filesystem read-only', origin: extras.origins.get('root.readonly') },
    ),
  ]
}

function rootSteps({ spec: { root, linux }, extras }: ContainerLaunch): readonly LaunchStep[] {
  const details = {
    purpose: `mount image "${extras.root.image}"`,
    origin: extras.origins.get('root.path'),
  }
  return [
    ...(ownerMapsOf(linux) === undefined ? overlaySteps : mappedOverlaySteps)(
      extras.root,
      root.path,
      details,
    ),
    step({ op: 'pivot-root', root: root.path }, { purpose: 'change the root to the image' }),
  ]
}
