import { assertNever } from '../../base/assert-never.ts'
import { TcomposeError } from '../../base/tcompose-error.ts'
import { isCoverableProcFile } from '../../model/mount-target.ts'
import type { DeviceSpec, MountSpec } from '../../oci/runtime-spec.ts'
import type { ContainerLaunch, MountExtras, MountFiles, SpecOrigins } from './container-launch.ts'
import { isInDev, nodeDetails, nodeSteps } from './device-steps.ts'
import {
  MOUNT_ATTR_NODEV,
  MOUNT_ATTR_NOEXEC,
  MOUNT_ATTR_NOSUID,
  MOUNT_ATTR_RDONLY,
  MS_PRIVATE,
} from './kernel-flags.ts'
import type { LaunchStep } from './launch-op.ts'
import { mountStep, type StepDetails, step, targetStep } from './launch-steps.ts'
import { bindOptions, filesystemOptions } from './mount-options.ts'
import { overlaySteps } from './overlay-steps.ts'
import { MAX_SOURCES } from './slots.ts'
import { mappedOverlaySteps, mapText, ownerMapsOf } from './user-namespace-steps.ts'

/** The file of /proc that a driver's own programs read: only content of ours may cover it. */
const NVIDIA_PARAMS = '/proc/driver/nvidia/params'

/** A mount over the image's files, and the keeper's place for it. */
export interface PlacedMount {
  readonly mount: MountSpec
  readonly extras: MountExtras
  readonly slot: number
}

/**
 * Returns the mounts over the image's files, in the order of the spec.
 *
 * @throws {TcomposeError} `container-launch` if the keeper cannot hold as many.
 */
export function placedMounts({
  spec,
  extras: { subject, origins, mounts },
}: ContainerLaunch): readonly PlacedMount[] {
  const placed = [
    ...spec.mounts.flatMap((mount, index) => {
      const extras = mounts.get(index)
      return extras === undefined ? [] : [{ mount, extras }]
    }),
    ...outerDevices(spec.linux.devices ?? [], origins),
  ]
  if (placed.length > MAX_SOURCES) {
    throw new TcomposeError(
      'container-launch',
      `Cannot start ${subject}: it has ${placed.length} mounts, expected ${MAX_SOURCES} at most`,
    ).at(placed.at(-1)?.extras.origin ?? origins.get('mounts'))
  }
  return placed.map((placed, slot) => ({ ...placed, slot }))
}

/** Nodes outside of /dev: those in it are made there. */
function outerDevices(
  devices: readonly DeviceSpec[],
  origins: SpecOrigins,
): readonly Omit<PlacedMount, 'slot'>[] {
  return devices
    .filter(device => !isInDev(device))
    .map(device => {
      const { purpose: _, origin } = nodeDetails(device, origins)
      const mount = {
        destination: device.path,
        type: 'tmpfs',
        source: 'tmpfs',
        options: ['nosuid', 'noexec'],
      }
      return { mount, extras: { label: 'a device', origin, files: { kind: 'node', device } } }
    })
}

/** Returns the steps that open the source of every mount that the host has. */
export function openSourceSteps(placed: readonly PlacedMount[]): readonly LaunchStep[] {
  return placed.flatMap(mount => {
    const { files } = mount.extras
    return files.kind === 'host' ? [openSourceStep(mount, files), ...ownerSteps(mount)] : []
  })
}

function ownerSteps({ mount, extras, slot }: PlacedMount): readonly LaunchStep[] {
  const { uidMappings, gidMappings } = mount
  if (uidMappings === undefined || gidMappings === undefined) return []
  const { recursive } = bindOptions(mount.options)
  const maps = { uidMap: mapText(uidMappings), gidMap: mapText(gidMappings) }
  return [step({ op: 'map-tree', slot, recursive, ...maps }, mountDetails(mount, extras))]
}

function openSourceStep(
  { mount, extras, slot }: PlacedMount,
  { beneath }: Extract<MountFiles, { kind: 'host' }>,
): LaunchStep {
  const clone = { slot, ...bindOptions(mount.options) }
  return step(
    beneath === undefined
      ? { op: 'open-tree', source: mount.source, ...clone }
      : { op: 'open-tree-beneath', ...beneath, ...clone },
    mountDetails(mount, extras),
  )
}

/**
 * Returns the steps that mount what the host does not have, such as a tmpfs, one over the other where the root is going
 * to be, and keep a clone of each. Once the root is changed nothing is left of these mounts.
 */
export function newMountSteps(
  placed: readonly PlacedMount[],
  { spec, extras: { root } }: ContainerLaunch,
): readonly LaunchStep[] {
  const target = spec.root.path
  const single = placed.flatMap(({ mount, extras, slot }) => {
    const { files } = extras
    if (files.kind === 'host' || files.kind === 'held') return []
    const details = mountDetails(mount, extras)
    return [
      ...madeSteps(
        {
          mount,
          files,
          at: target,
          layersDir: root.layersDir,
          isMapped: ownerMapsOf(spec.linux) !== undefined,
        },
        details,
      ),
      step(
        {
          op: 'open-tree',
          slot,
          source: isFileMount(files) ? contentPath(target) : target,
          recursive: false,
          attributes: isReadOnly(files) ? MOUNT_ATTR_RDONLY : 0,
          propagation: MS_PRIVATE,
        },
        details,
      ),
    ]
  })
  return [...heldSteps(placed, target), ...single]
}

/** Files that the keeper holds are in one file system, of which each has a mount: that of the whole is left behind. */
function heldSteps(placed: readonly PlacedMount[], target: string): readonly LaunchStep[] {
  const held = placed.filter(({ extras: { files } }) => files.kind === 'held')
  const [first] = held
  if (first === undefined) return []
  const flagsOf = ({ mount }: PlacedMount): number => filesystemOptions(mount.options).flags
  const common = held.map(flagsOf).reduce((all, flags) => all & flags)
  const { type } = first.mount
  return [
    mountStep({ type, target, flags: common, data: 'mode=700' }, mountDetails(first.mount, first.extras)),
    ...held.flatMap(each => heldFileSteps(each, `${contentPath(target)}${each.slot}`, flagsOf(each))),
  ]
}

function heldFileSteps(
  { mount, extras, slot }: PlacedMount,
  path: string,
  flags: number,
): readonly LaunchStep[] {
  const { files } = extras
  if (files.kind !== 'held') return []
  const details = mountDetails(mount, extras)
  // MS_NOSUID, MS_NODEV and MS_NOEXEC are the same bits.
  const own = flags & (MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC)
  const tree = { slot, source: path, recursive: false, propagation: MS_PRIVATE }
  return [
    ...contentSteps(files, path, details),
    step({ op: 'open-tree', ...tree, attributes: MOUNT_ATTR_RDONLY | own }, details),
  ]
}

function isReadOnly(files: MountFiles): boolean {
  return isInMemory(files) || (files.kind === 'layers' && files.writable === undefined)
}

interface NewMount {
  readonly mount: MountSpec
  readonly files: Exclude<MountFiles, { kind: 'host' | 'held' }>
  readonly at: string
  readonly layersDir: string
  /** The container has a user namespace. */
  readonly isMapped: boolean
}

/** A clone keeps the flags that its mount was made with. */
function madeSteps(
  { mount, files, at, layersDir, isMapped }: NewMount,
  details: StepDetails,
): readonly LaunchStep[] {
  const { flags, data } = filesystemOptions(mount.options)
  switch (files.kind) {
    case 'empty':
      return [mountStep({ type: mount.type, target: at, flags, data }, details)]
    case 'layers': {
      const { image, folders, writable } = files
      const make = isMapped ? mappedOverlaySteps : overlaySteps
      return make({ layers: folders, writable, layersDir, image }, at, details)
    }
    case 'content':
      return [
        mountStep({ type: mount.type, target: at, flags, data: 'mode=700' }, details),
        ...contentSteps(files, contentPath(at), details),
      ]
    case 'node':
      return [
        mountStep({ type: 'tmpfs', target: at, flags, data: 'mode=700' }, details),
        ...nodeSteps(files.device, contentPath(at), details),
      ]
    default:
      return assertNever(files)
  }
}

function contentPath(folder: string): string {
  return `${folder}/content`
}

type FileInMemory = Extract<MountFiles, { kind: 'content' | 'held' }>

function isInMemory(files: MountFiles): files is FileInMemory {
  return files.kind === 'content' || files.kind === 'held'
}

function contentSteps(files: FileInMemory, path: string, details: StepDetails): readonly LaunchStep[] {
  const { mode, uid, gid } = files
  return [
    step(
      files.kind === 'content'
        ? { op: 'write-file', path, content: files.content, create: true, mode }
        : { op: 'write-held', path, name: files.name, mode },
      details,
    ),
    ...(uid === 0 && gid === 0 ? [] : [step({ op: 'chown', path, uid, gid }, details)]),
  ]
}

/** Returns the steps that put every mount in its place, in the container. */
export function placeMountSteps(placed: readonly PlacedMount[]): readonly LaunchStep[] {
  return placed.flatMap(({ mount, extras, slot }) => {
    const { destination: target } = mount
    const details = mountDetails(mount, extras)
    const isOurs = extras.files.kind === 'content' && target === NVIDIA_PARAMS
    const op = isOurs || isCoverableProcFile(target) ? 'move-tree' : 'place-tree'
    return [targetStep(target, !isFileMount(extras.files), details), step({ op, slot, target }, details)]
  })
}

/** Tells whether the mount has no source: a filesystem that starts empty, or a device node alone. */
export function isNewFilesystem({ kind }: MountFiles): boolean {
  return kind === 'empty' || kind === 'node'
}

/** Tells whether it is a file that is mounted, and not a folder. */
export function isFileMount(files: MountFiles): boolean {
  return isInMemory(files) || files.kind === 'node' || (files.kind === 'host' && files.isFile)
}

/** Returns what a step of a mount is for. */
export function mountDetails({ destination }: MountSpec, { label, origin }: MountExtras): StepDetails {
  return { purpose: `mount ${label} at ${destination}`, origin }
}
