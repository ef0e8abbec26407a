import { assertNever } from '../../base/assert-never.ts'
import { TcomposeError } from '../../base/tcompose-error.ts'
import type { BindPropagation } from '../../model/mount.ts'
import type { LaunchStep } from '../keeper/launch-op.ts'
import type { ContainerInput, ResolvedMount } from './container-input.ts'
import { MOUNT_ATTR_RDONLY, MS_PRIVATE, MS_RDONLY, MS_SHARED, MS_SLAVE } from './kernel-flags.ts'
import { mountStep, type StepDetails, step, targetStep } from './launch-steps.ts'
import { overlayOptions } from './overlay-options.ts'
import { tmpfsCall } from './tmpfs-call.ts'

/** The keeper has this many places to hold a mount between its opening and its placing. */
const MAX_SOURCES = 256

/** Returns the steps that open the source of every mount, on the host. */
export function openSourceSteps(input: ContainerInput): readonly LaunchStep[] {
  const mounts = orderedMounts(input)
  if (mounts.length > MAX_SOURCES) {
    throw new TcomposeError(
      'container-launch',
      `Cannot start service "${input.spec.service}": it has ${mounts.length} mounts, expected ${MAX_SOURCES} at most`,
      { origin: `services.${input.spec.service}.volumes` },
    )
  }
  return mounts.flatMap((mount, slot) => (isOnHost(mount) ? [openStep(mount, slot)] : []))
}

/**
 * Returns the steps that mount images, one over the other where the root is going to be, and keep a clone of each. Once
 * the root is changed nothing is left of these mounts.
 */
export function imageMountSteps(input: ContainerInput): readonly LaunchStep[] {
  const { layersDir, layout } = input
  return orderedMounts(input).flatMap((mount, slot) => {
    if (mount.kind !== 'image') return []
    const { image, folders } = mount
    const details = mountDetails(mount)
    const { data, workingDir } = overlayOptions({ layers: folders, writable: undefined, layersDir, image })
    return [
      ...(workingDir === undefined ? [] : [step({ op: 'chdir', path: workingDir }, details)]),
      mountStep({ type: 'overlay', target: layout.rootfs, flags: MS_RDONLY, data }, details),
      openStep({ ...READ_ONLY_TREE, hostPath: layout.rootfs, ...mount }, slot),
    ]
  })
}

/** Returns the steps that put every mount in its place, in the container: outer targets before inner ones. */
export function placeMountSteps(input: ContainerInput): readonly LaunchStep[] {
  return orderedMounts(input).flatMap((mount, slot) => {
    const details = mountDetails(mount)
    const target = targetStep(mount.target, !isOnHost(mount) || !mount.isFile, details)
    if (mount.kind === 'tmpfs') return [target, mountStep(tmpfsCall(mount), details)]
    return [target, step({ op: 'move-tree', slot, target: mount.target }, details)]
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

const READ_ONLY_TREE = { readOnly: true, recursive: false, propagation: 'rprivate' } as const

type OpenedTree = Pick<HostMount, 'hostPath' | 'readOnly' | 'recursive' | 'propagation'>

function openStep(mount: OpenedTree & ResolvedMount, slot: number): LaunchStep {
  return step(
    {
      op: 'open-tree',
      slot,
      source: mount.hostPath,
      recursive: mount.recursive,
      attributes: mount.readOnly ? MOUNT_ATTR_RDONLY : 0,
      propagation: propagationFlag(mount.propagation),
    },
    mountDetails(mount),
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
