import { posix } from 'node:path'
import type { IdMapping, OwnerMaps } from '../../model/id-mapping.ts'
import type { LinuxSpec } from '../../oci/runtime-spec.ts'
import type { ContainerExtras } from './container-launch.ts'
import { CLONE_NEWUSER, MS_PRIVATE } from './kernel-flags.ts'
import type { LaunchOp, LaunchStep } from './launch-op.ts'
import { mountStep, type StepDetails, step } from './launch-steps.ts'
import type { OverlayInput } from './overlay-options.ts'
import { overlaySteps } from './overlay-steps.ts'
import { SPARE_SLOT, USER_NAMESPACE_SLOT } from './slots.ts'

/** Returns the maps of a container that has a user namespace of its own. */
export function ownerMapsOf({ uidMappings, gidMappings }: LinuxSpec): OwnerMaps | undefined {
  return uidMappings === undefined || gidMappings === undefined ? undefined : { uidMappings, gidMappings }
}

/**
 * Returns the steps that make a container's user namespace, or take the one that was made with its network namespace. The process enters it last: what is mounted and made until then
 * is made with the host's rights, for the root of the namespace.
 */
export function makeNamespaceSteps(
  maps: OwnerMaps | undefined,
  { network = [] }: Pick<ContainerExtras, 'network'> = {},
): readonly LaunchStep[] {
  if (maps === undefined) return []
  const { uidMappings, gidMappings } = maps
  return [
    step(
      {
        op: network.length > 0 ? 'owning-user-namespace' : 'make-user-namespace',
        slot: USER_NAMESPACE_SLOT,
        uidMap: mapText(uidMappings),
        gidMap: mapText(gidMappings),
      },
      { purpose: 'make a user namespace' },
    ),
    step(
      { op: 'set-file-owner', uid: outerId(0, uidMappings), gid: outerId(0, gidMappings) },
      { purpose: 'make files for the root of the user namespace' },
    ),
  ]
}

/** Returns the step after which a network is made that belongs to the user namespace of its container. */
export function networkOwnerSteps(maps: OwnerMaps | undefined): readonly LaunchStep[] {
  if (maps === undefined) return []
  const { uidMappings, gidMappings } = maps
  return [
    step(
      { op: 'network-owner', uidMap: mapText(uidMappings), gidMap: mapText(gidMappings) },
      { purpose: 'make a network namespace' },
    ),
  ]
}

/** Returns the step by which the main process of a container enters its user namespace. */
export function enterNamespaceSteps(maps: OwnerMaps | undefined): readonly LaunchStep[] {
  if (maps === undefined) return []
  return [
    step({ op: 'enter-user-namespace', slot: USER_NAMESPACE_SLOT }, { purpose: 'enter the user namespace' }),
  ]
}

/** Returns the step by which a further process enters the user namespace of its container. */
export function joinNamespaceSteps(maps: OwnerMaps | undefined): readonly LaunchStep[] {
  if (maps === undefined) return []
  return [
    step(
      { op: 'join-target', namespaces: CLONE_NEWUSER },
      { purpose: 'join the user namespace of the container' },
    ),
  ]
}

/**
 * Returns the steps that mount an overlay whose files belong to the users of the namespace: its layers are shown to it with
 * these owners, and are as they were on disk.
 */
export function mappedOverlaySteps(
  input: OverlayInput,
  target: string,
  details: StepDetails,
): readonly LaunchStep[] {
  const { layers, writable } = input
  const placeOf = (index: number) => posix.join(target, String(index))
  const changes = posix.join(target, 'changes')
  const below = (path: string) => posix.join(changes, posix.basename(path))
  return [
    mountStep({ type: 'tmpfs', target, data: 'mode=700' }, details),
    ...layers.flatMap((layer, index) => mappedCloneSteps(layer, placeOf(index), details)),
    // Both are below one mount, as overlayfs demands.
    ...(writable === undefined ? [] : mappedCloneSteps(posix.dirname(writable.upper), changes, details)),
    ...overlaySteps(
      {
        ...input,
        layers: layers.map((_, index) => placeOf(index)),
        writable: writable && { ...writable, upper: below(writable.upper), work: below(writable.work) },
        layersDir: target,
      },
      target,
      details,
    ),
  ]
}

function mappedCloneSteps(source: string, target: string, details: StepDetails): readonly LaunchStep[] {
  const slot = SPARE_SLOT
  return [
    step({ op: 'mkdir', path: target, mode: 0o700 }, details),
    step(
      { op: 'open-tree', slot, source, recursive: false, attributes: 0, propagation: MS_PRIVATE },
      details,
    ),
    step({ op: 'map-tree-by', slot, recursive: false, namespace: USER_NAMESPACE_SLOT }, details),
    step({ op: 'move-tree', slot, target }, details),
  ]
}

/** Returns `steps`, which are for users of the container, with those of the host in their place. */
export function withOuterOwners(
  steps: readonly LaunchStep[],
  maps: OwnerMaps | undefined,
): readonly LaunchStep[] {
  return maps === undefined ? steps : steps.map(step => ({ ...step, op: withOuterOwner(step.op, maps) }))
}

function withOuterOwner(op: LaunchOp, { uidMappings, gidMappings }: OwnerMaps): LaunchOp {
  switch (op.op) {
    case 'chown':
      return { ...op, uid: outerId(op.uid, uidMappings), gid: outerId(op.gid, gidMappings) }
    case 'open-terminal':
    case 'make-terminal':
      return { ...op, uid: outerId(op.uid, uidMappings) }
    case 'mount': {
      if (op.type !== 'tmpfs' && op.type !== 'devpts') return op
      const outer = (_: string, key: string, id: string) =>
        `${key}=${outerId(Number(id), key === 'uid' ? uidMappings : gidMappings)}`
      return { ...op, data: op.data.replace(/\b(uid|gid)=(\d+)/g, outer) }
    }
    default:
      return op
  }
}

/** As chown(2) has it: -1 leaves the owner as it is. An id that the namespace does not have is nobody's in it. */
function outerId(id: number, mappings: readonly IdMapping[]): number {
  const found = mappings.find(({ containerID, size }) => id >= containerID && id < containerID + size)
  return found === undefined ? id : found.hostID + id - found.containerID
}

/** As user_namespaces(7) has it. */
export function mapText(mappings: readonly IdMapping[]): string {
  return mappings.map(({ containerID, hostID, size }) => `${containerID} ${hostID} ${size}\n`).join('')
}
