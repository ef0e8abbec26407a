import { assertNever } from '../../base/assert-never.ts'
import { servicePath } from '../../base/model-path.ts'
import { TcomposeError } from '../../base/tcompose-error.ts'
import type { BindPropagation } from '../../model/mount.ts'
import { isCoverableProcFile } from '../../model/mount-target.ts'
import type { ContainerInput, ResolvedMount } from './container-input.ts'
import { MOUNT_ATTR_RDONLY, MS_PRIVATE, MS_RDONLY, MS_SHARED, MS_SLAVE } from './kernel-flags.ts'
import type { LaunchStep } from './launch-op.ts'
import { mountStep, type StepDetails, step, targetStep } from './launch-steps.ts'
import { overlayOptions } from './overlay-options.ts'
import { tmpfsCall } from './tmpfs-call.ts'

/** The keeper has 256 places to hold a mount between its opening and its placing. No mount of a service uses the last. */
export const SPARE_SLOT = 255

const MAX_SOURCES = SPARE_SLOT

/** Returns the steps that open the source of every mount, on the host. */
export function openSourceSteps(input: ContainerInput): readonly LaunchStep[] {
  const mounts = orderedMounts(input)
  if (mounts.length > MAX_SOURCES) {
    throw new TcomposeError(
      'container-launch',
      `Cannot start service "${input.spec.service}": it has ${mounts.length} mounts, expected ${MAX_SOURCES} at most`,
      { origin: input.mounts.at(-1)?.origin ?? servicePath(input.spec.service, 'volumes') },
    )
  }
  return mounts.flatMap((mount, slot) =>
    isOnHost(mount) ? [openStep(mount, slot, mountDetails(mount))] : [],
  )
}

/**
 * Returns the steps that mount images and tmpfs, one over the other where the root is going to be, and keep a clone of
 * each. Once the root is changed nothing is left of these mounts.
 */
export function newMountSteps(input: ContainerInput): readonly LaunchStep[] {
  const { rootfs } = input.layout
  return orderedMounts(input).flatMap((mount, slot) => {
    if (isOnHost(mount)) return []
    const details = mountDetails(mount)
    const made =
      mount.kind === 'tmpfs'
        ? [mountStep({ ...tmpfsCall(mount), target: rootfs }, details)]
        : imageSteps(mount, input, details)
    const tree = { ...NEW_TREE, hostPath: rootfs, readOnly: mount.kind === 'image' }
    return [...made, openStep(tree, slot, details)]
  })
}

function imageSteps(
  { image, folders }: Extract<ResolvedMount, { kind: 'image' }>,
  { layersDir, layout }: ContainerInput,
  details: StepDetails,
): readonly LaunchStep[] {
  const { data, workingDir } = overlayOptions({ layers: folders, writable: undefined, layersDir, image })
  return [
    ...(workingDir === undefined ? [] : [step({ op: 'chdir', path: workingDir }, details)]),
    mountStep({ type: 'overlay', target: layout.rootfs, flags: MS_RDONLY, data }, details),
  ]
}

/** Returns the steps that put every mount in its place, in the container: outer targets before inner ones. */
export function placeMountSteps(input: ContainerInput): readonly LaunchStep[] {
  return orderedMounts(input).flatMap((mount, slot) => {
    const details = mountDetails(mount)
    const target = targetStep(mount.target, !isOnHost(mount) || !mount.isFile, details)
    const op = isCoverableProcFile(mount.target) ? 'move-tree' : 'place-tree'
    return [target, step({ op, slot, target: mount.target }, details)]
  })
}

/** The mounts that tcompose adds and those of the service, by the depth of their targets. */
function orderedMounts(input: ContainerInput): readonly ResolvedMount[] {
  const taken = new Set(input.mounts.map(mount => mount.target))
  const own = networkFiles(input).filter(mount => !taken.has(mount.target))
  return [...own, ...input.mounts].toSorted((a, b) => depth(a.target) - depth(b.target))
}

function networkFiles({ layout, spec }: ContainerInput): readonly ResolvedMount[] {
  const files: readonly (readonly [string, string])[] = [
    ['/etc/hostname', layout.hostname],
    ['/etc/hosts', layout.hosts],
    ['/etc/resolv.conf', layout.resolvConf],
  ]
  return files.map(([target, hostPath]) => ({
    kind: 'bind',
    hostPath,
    subpath: undefined,
    isFile: true,
    target,
    readOnly: spec.config.readOnly,
    recursive: false,
    propagation: 'rprivate',
    label: hostPath,
    origin: undefined,
  }))
}

type HostMount = Extract<ResolvedMount, { kind: 'bind' | 'volume' }>

function isOnHost(mount: ResolvedMount): mount is HostMount {
  return mount.kind === 'bind' || mount.kind === 'volume'
}

/** A clone keeps the flags that its mount was made with. */
const NEW_TREE = { subpath: undefined, recursive: false, propagation: 'rprivate' } as const

type OpenedTree = Pick<HostMount, 'hostPath' | 'subpath' | 'readOnly' | 'recursive' | 'propagation'>

function openStep(tree: OpenedTree, slot: number, details: StepDetails): LaunchStep {
  const { hostPath, subpath, recursive, readOnly, propagation } = tree
  const clone = {
    slot,
    recursive,
    attributes: readOnly ? MOUNT_ATTR_RDONLY : 0,
    propagation: propagationFlag(propagation),
  }
  return step(
    subpath === undefined
      ? { op: 'open-tree', source: hostPath, ...clone }
      : { op: 'open-tree-beneath', root: hostPath, path: subpath, ...clone },
    details,
  )
}

function mountDetails(mount: ResolvedMount): StepDetails {
  return { purpose: `mount ${mountName(mount)} at ${mount.target}`, origin: mount.origin }
}

function mountName(mount: ResolvedMount): string {
  switch (mount.kind) {
    case 'bind':
      return mount.label ?? mount.hostPath
    case 'volume':
      return mount.label === undefined ? 'an anonymous volume' : `volume "${mount.label}"`
    case 'image':
      return `image "${mount.image}"`
    case 'tmpfs':
      return 'tmpfs'
    default:
      return assertNever(mount)
  }
}

function propagationFlag(propagation: BindPropagation): number {
  switch (propagation) {
    case 'private':
    case 'rprivate':
      return MS_PRIVATE
    case 'slave':
    case 'rslave':
      return MS_SLAVE
    case 'shared':
    case 'rshared':
      return MS_SHARED
    default:
      return assertNever(propagation)
  }
}

function depth(target: string): number {
  return target === '/' ? 0 : target.split('/').length - 1
}
