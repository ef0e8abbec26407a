import { mkdirSync } from 'node:fs'
import { LayeredTree } from '../../../disk/layered-tree.ts'
import type { ContainerSpec } from '../../../model/container.ts'
import type { Image } from '../../../model/image.ts'
import type { ImageRequest } from '../../../model/image-request.ts'
import { isAnonymousVolume, mountNeeds } from '../../../model/mount.ts'
import { replicaLabel } from '../../../model/names.ts'
import { machinePlatform } from '../../../oci/platform.ts'
import type { Action } from '../../../planner/action.ts'
import { isOtherPlatform } from '../../../store/images/require-platform.ts'
import type { LeasedThing } from '../../../store/lease.ts'
import { shareStore } from '../../../store/store-lock.ts'
import { commandLine } from '../container/command-line.ts'
import { discardedLimits } from '../container/limit-problems.ts'
import { anonymousVolumes } from '../mount/anonymous-volumes.ts'
import { checkMount, prepareMount } from '../mount/mount-kinds.ts'
import { containerLayout, projectLayout, type Roots } from '../state/layout.ts'
import { noteEvent } from '../state/note-event.ts'
import type { AnonymousVolume } from '../state/project-record.ts'
import { claimOwners } from '../user-namespace/container-owners.ts'
import { createVolume } from '../volume/create-volume.ts'
import { seedVolume } from '../volume/seed-volume.ts'
import { volumeLayout } from '../volume/volume-layout.ts'
import type { ApplyContext } from './apply-context.ts'
import { limitStorage } from './limit-storage.ts'
import { requireExternalVolume } from './missing-externals.ts'
import { sharedMounts } from './shared-mounts.ts'

/**
 * Makes what a container needs on disk: its folders, its anonymous volumes, the first content of its volumes. Nothing
 * in the kernel exists for a container that is not started.
 *
 * @throws {TcomposeError} `bind-source-not-found`, or what opening the image and filling a volume throw.
 */
export async function createContainer(
  context: ApplyContext,
  { container: spec, replaces }: Extract<Action, { kind: 'create-container' }>,
): Promise<void> {
  const id = context.announced.get(replicaLabel(spec))
  const entry = id === undefined ? undefined : context.store.record.containers.get(id)
  if (entry === undefined) throw new Error(`Cannot create container ${spec.name}: it was not announced`)
  const image = await keptImage(context, { reference: spec.config.image, platform: spec.platform })
  warnOfPlatform(context, spec, image)
  for (const words of discardedLimits(spec.config, context.host.cgroups)) context.warn(words)
  const mounted = await keptMountedImages(context, spec)
  const { mounts } = spec.config
  const place = {
    roots: context.roots,
    volumeNames: spec.volumeNames,
    openImage: (reference: string) => mounted.get(reference),
  }
  // A missing source is reported before the old container is removed.
  const [problem] = mounts.flatMap(mount => checkMount(mount, place))
  if (problem !== undefined) throw problem
  const layout = containerLayout(context.roots, context.project, entry.id)
  for (const folder of [layout.upper, layout.work]) mkdirSync(folder, { recursive: true, mode: 0o755 })
  limitStorage(context, { id: entry.id, config: spec.config })
  claimOwners(context, entry.id, spec.config)
  for (const [key, name] of spec.volumeNames) requireExternalVolume(context.roots, { key, name })
  const inherited =
    replaces === undefined ? [] : (context.store.record.containers.get(replaces)?.anonymousVolumes ?? [])
  const shared = sharedMounts(context, spec)
  const volumes = anonymousVolumes(spec.config, image, { inherited, shared })
  await context.lease.keep(volumes.map(({ name }): LeasedThing => `volume ${name}`))
  const made = { ...entry, anonymousVolumes: volumes, ...(shared.length > 0 && { sharedMounts: shared }) }
  context.store.setContainer(entry.id, made)
  const files = new LayeredTree(image.layers)
  for (const volume of volumes) await makeAnonymousVolume(context.roots, { spec, volume }, files)
  for (const mount of mounts) await prepareMount(mount, place, files)
  const exposedPorts = [...new Set([...image.config.exposedPorts, ...(spec.config.expose ?? [])])]
  context.store.setContainer(entry.id, {
    ...made,
    phase: 'created',
    imageId: image.id,
    ...(mounted.size > 0 && {
      mountedImages: new Map([...mounted].map(([reference, { id }]) => [reference, id])),
    }),
    command: commandLine(spec.config, image.config),
    ...(exposedPorts.length > 0 && { exposedPorts }),
  })
  noteEvent(projectLayout(context.roots, context.project), { action: 'create', entry })
}

/** Without a platform in the file an image is taken that says another of itself: it may be wrong, or an emulator runs it. */
function warnOfPlatform({ warn }: ApplyContext, { service, platform }: ContainerSpec, image: Image): void {
  if (platform !== undefined || !isOtherPlatform(image.platform, { platform: machinePlatform() })) return
  warn(
    `Image "${image.reference}" of service "${service}" is made for ${image.platform}, and this machine runs ${machinePlatform()}`,
  )
}

/**
 * Returns the image that the plan was made for, or else the one that was fetched since: both are leased, whatever their
 * name means in the meantime. One that is looked up here is leased before a collector of garbage can come.
 */
async function keptImage(
  { roots, images, lease, signal }: ApplyContext,
  wanted: ImageRequest,
): Promise<Image> {
  using _shared = await shareStore(roots, signal)
  const image = images.open(wanted)
  await lease.keep([`image ${image.id}`])
  return image
}

/** A container keeps the images that it was made with, as it keeps its own. */
async function keptMountedImages(
  context: ApplyContext,
  { config, platform }: ContainerSpec,
): Promise<ReadonlyMap<string, Image>> {
  const images = new Map<string, Image>()
  for (const reference of new Set(config.mounts.flatMap(mount => mountNeeds(mount).images)))
    images.set(reference, await keptImage(context, { reference, platform }))
  return images
}

async function makeAnonymousVolume(
  roots: Roots,
  { spec, volume: { target, name } }: { readonly spec: ContainerSpec; readonly volume: AnonymousVolume },
  image: LayeredTree,
): Promise<void> {
  const declared = spec.config.mounts.filter(isAnonymousVolume).find(mount => mount.target === target)
  createVolume(roots, { name, labels: declared?.labels ?? new Map(), createdAt: Date.now() })
  await seedVolume(image, target, volumeLayout(roots, name))
}
