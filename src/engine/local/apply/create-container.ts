import { mkdirSync } from 'node:fs'
import type { Digest } from '../../../base/digest.ts'
import { servicePath } from '../../../base/model-path.ts'
import { TcomposeError } from '../../../base/tcompose-error.ts'
import { LayeredTree } from '../../../disk/layered-tree.ts'
import { randomBytes } from '../../../linux/random-bytes.ts'
import type { ContainerSpec } from '../../../model/container.ts'
import type { Image } from '../../../model/image.ts'
import type { ImageRequest } from '../../../model/image-request.ts'
import { forbiddenTarget } from '../../../model/mount-target.ts'
import { replicaLabel } from '../../../model/names.ts'
import type { Service } from '../../../model/service.ts'
import { machinePlatform } from '../../../oci/platform.ts'
import type { Action } from '../../../planner/action.ts'
import { isOtherPlatform } from '../../../store/images/require-platform.ts'
import type { LeasedThing } from '../../../store/lease.ts'
import { shareStore } from '../../../store/store-lock.ts'
import { commandLine } from '../container/command-line.ts'
import { ensureBindSource } from '../mount/bind-source.ts'
import { resolveImageMount } from '../mount/resolve-image-mount.ts'
import { containerLayout, type Roots } from '../state/layout.ts'
import type { AnonymousVolume } from '../state/project-record.ts'
import { createVolume } from '../volume/create-volume.ts'
import { seedVolume } from '../volume/seed-volume.ts'
import { volumeLayout } from '../volume/volume-layout.ts'
import type { ApplyContext } from './apply-context.ts'
import { requireExternalVolume } from './missing-externals.ts'

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
  const mountedImages = await keptMountedImages(context, spec)
  const layout = containerLayout(context.roots, context.project, entry.id)
  for (const folder of [layout.upper, layout.work]) mkdirSync(folder, { recursive: true, mode: 0o755 })
  for (const mount of spec.config.mounts) {
    if (mount.kind === 'bind') ensureBindSource(mount)
  }
  for (const [key, name] of spec.volumeNames) requireExternalVolume(context.roots, { key, name })
  const inherited =
    replaces === undefined ? [] : (context.store.record.containers.get(replaces)?.anonymousVolumes ?? [])
  const anonymousVolumes = anonymousTargets(spec, image).map(target => inheritedOrNew(target, inherited))
  await context.lease.keep(anonymousVolumes.map(({ name }): LeasedThing => `volume ${name}`))
  context.store.setContainer(entry.id, { ...entry, anonymousVolumes })
  await fillVolumes(context.roots, spec, { image, anonymousVolumes })
  const exposedPorts = [...new Set([...image.config.exposedPorts, ...(spec.config.expose ?? [])])]
  context.store.setContainer(entry.id, {
    ...entry,
    phase: 'created',
    imageId: image.id,
    ...(mountedImages.size > 0 && { mountedImages }),
    command: commandLine(spec.config, image.config),
    ...(exposedPorts.length > 0 && { exposedPorts }),
    anonymousVolumes,
  })
}

/** Without a platform in the file an image is taken that says another of itself: it may be wrong, or an emulator runs it. */
function warnOfPlatform({ warn }: ApplyContext, { service, platform }: ContainerSpec, image: Image): void {
  if (platform !== undefined || !isOtherPlatform(image.platform, { platform: machinePlatform() })) return
  warn(
    `Image "${image.reference}" of service "${service}" says that it is made for ${image.platform}, and this machine runs ${machinePlatform()}`,
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
  { config: { mounts }, platform }: ContainerSpec,
): Promise<ReadonlyMap<string, Digest>> {
  const ids = new Map<string, Digest>()
  for (const mount of mounts) {
    if (mount.kind !== 'image') continue
    const image = await keptImage(context, { reference: mount.image, platform })
    // What is not there should be told now, not when the old container is gone.
    resolveImageMount(context.roots, mount, image)
    ids.set(mount.image, image.id)
  }
  return ids
}

/** Targets of the image's VOLUMEs and the service's own anonymous volumes that no other mount covers. */
function anonymousTargets({ config }: ContainerSpec, image: Image): readonly string[] {
  const covered = new Set<string>(
    config.mounts
      .filter(mount => mount.kind !== 'volume' || mount.volume !== undefined)
      .map(mount => mount.target),
  )
  for (const target of image.config.volumes) {
    const problem = covered.has(target) ? undefined : forbiddenTarget(target)
    if (problem !== undefined) throw forbiddenVolume(config, { target, problem })
  }
  const asked = config.mounts.flatMap(mount =>
    mount.kind === 'volume' && mount.volume === undefined ? [mount.target] : [],
  )
  return [...new Set([...asked, ...image.config.volumes])].filter(target => !covered.has(target))
}

function forbiddenVolume(
  { name, image }: Service,
  { target, problem }: { readonly target: string; readonly problem: string },
): TcomposeError {
  const message = `Cannot mount the volume that image "${image}" asks for at "${target}" in service "${name}": ${problem}`
  return new TcomposeError('image-invalid', message, {
    hint: 'Use an image without this VOLUME',
    origin: servicePath(name, 'image'),
  })
}

function inheritedOrNew(target: string, inherited: readonly AnonymousVolume[]): AnonymousVolume {
  return (
    inherited.find(volume => volume.target === target) ?? { target, name: randomBytes(32).toString('hex') }
  )
}

interface NewContent {
  readonly image: Image
  readonly anonymousVolumes: readonly AnonymousVolume[]
}

async function fillVolumes(
  roots: Roots,
  { config, volumeNames }: ContainerSpec,
  { image, anonymousVolumes }: NewContent,
): Promise<void> {
  const tree = new LayeredTree(image.layers)
  for (const { target, name } of anonymousVolumes) {
    createVolume(roots, { name, labels: new Map(), createdAt: Date.now() })
    await seedVolume(tree, target, volumeLayout(roots, name))
  }
  for (const mount of config.mounts) {
    if (mount.kind !== 'volume' || mount.volume === undefined || mount.nocopy || mount.subpath !== undefined)
      continue
    await seedVolume(tree, mount.target, volumeLayout(roots, volumeNames.get(mount.volume) ?? mount.volume))
  }
}
