import { statSync } from 'node:fs'
import { join } from 'node:path'
import type { Digest } from '../base/digest.ts'
import { trySharedLock } from '../disk/flock.ts'
import { imageUsersOf } from '../engine/local/image/image-users.ts'
import { containerLayout, type Roots } from '../engine/local/state/layout.ts'
import type { ContainerEntry, ProjectRecord } from '../engine/local/state/project-record.ts'
import { readProjects } from '../engine/local/state/read-projects.ts'
import { listVolumes } from '../engine/local/volume/list-volumes.ts'
import { volumeLayout } from '../engine/local/volume/volume-layout.ts'
import { mountedVolumes } from '../engine/local/volume/volume-users.ts'
import type { ContainerUsage, StoreUsage, VolumeUsage } from '../model/stored-image.ts'
import { readProcessState } from '../runtime/keeper/process-files.ts'
import { imageFolders } from './images/image-record.ts'
import { layersFolder } from './layers/layer-paths.ts'
import { layerSize, treeSize } from './layers/layer-size.ts'
import { storedImages } from './list-stored-images.ts'
import { reachableFrom, withoutImages } from './reachable.ts'
import { imageIds, readContents } from './store-contents.ts'
import { digestsIn, fileOfDigest } from './store-files.ts'

/**
 * Returns what the store takes up, as it is at this moment, as far as records can be read; nothing is locked.
 * Reclaimable is what a prune of all images would free.
 */
export function readStoreUsage(roots: Roots): StoreUsage {
  const contents = readContents(roots)
  const projects = readProjects(roots).records
  const users = imageUsersOf(roots, projects)
  const unused = imageIds(contents).filter(id => !users.has(id))
  const names = new Set(unused.flatMap(id => contents.names.get(id) ?? []))
  const needed = reachableFrom(roots, withoutImages(contents, { names, images: new Set(unused) }))
  const { images } = imageFolders(roots)
  const layers = digestsIn(join(layersFolder(roots), 'sha256')).map(
    diffId => [diffId, layerSize(roots, diffId)] as const,
  )
  return {
    images: storedImages(roots, contents, users),
    containers: projects.flatMap(project => containersOf(roots, project)),
    volumes: volumesOf(roots, projects),
    layers: sumOf(layers, needed.layers),
    blobs: sumOf(sizedFiles(join(images, 'blobs/sha256')), needed.blobs),
    downloads: downloadsIn(join(images, 'partial')),
  }
}

type Sized = readonly (readonly [Digest, number])[]

function sumOf(sized: Sized, needed: ReadonlySet<string>): StoreUsage['layers'] {
  const total = (part: Sized) => part.reduce((sum, [, bytes]) => sum + bytes, 0)
  return { bytes: total(sized), reclaimable: total(sized.filter(([digest]) => !needed.has(digest))) }
}

function sizedFiles(folder: string): Sized {
  return digestsIn(folder).map(digest => [
    digest,
    statSync(fileOfDigest(folder, digest), { throwIfNoEntry: false })?.size ?? 0,
  ])
}

function containersOf(roots: Roots, { project, containers }: ProjectRecord): readonly ContainerUsage[] {
  return [...containers.values()].map((entry: ContainerEntry) => {
    const layout = containerLayout(roots, project, entry.id)
    return {
      id: entry.id,
      project,
      name: entry.spec.name,
      image: entry.spec.config.image,
      command: entry.command,
      createdAt: entry.createdAt,
      isRunning: readProcessState(layout).kind === 'running',
      volumes: mountedVolumes(entry).length,
      bytes: treeSize(layout.upper),
    }
  })
}

function volumesOf(roots: Roots, projects: readonly ProjectRecord[]): readonly VolumeUsage[] {
  const mounted = projects.flatMap(({ containers }) => [...containers.values()].flatMap(mountedVolumes))
  return listVolumes(roots).map(name => ({
    name,
    links: mounted.filter(other => other === name).length,
    bytes: treeSize(volumeLayout(roots, name).data),
  }))
}

/** Bytes that came of downloads that are under way, or were cut short. */
function downloadsIn(folder: string): StoreUsage['downloads'] {
  const files = sizedFiles(folder)
  const active = files.filter(([digest]) => isLocked(fileOfDigest(folder, digest)))
  const { bytes, reclaimable } = sumOf(files, new Set(active.map(([digest]) => digest)))
  return { count: files.length, active: active.length, bytes, reclaimable }
}

/** A download holds the lock of its file. */
function isLocked(file: string): boolean {
  if (statSync(file, { throwIfNoEntry: false }) === undefined) return false
  using lock = trySharedLock(file)
  return lock === undefined
}
