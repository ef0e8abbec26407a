import { execFileSync } from 'node:child_process'
import { existsSync, lstatSync, mkdtempSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Digest } from '../../src/base/digest.ts'
import { imageUsersOf } from '../../src/engine/local/image/image-users.ts'
import { isAnyProjectKept } from '../../src/engine/local/state/is-any-project-kept.ts'
import { projectLayout, type Roots } from '../../src/engine/local/state/layout.ts'
import { requireAllProjects } from '../../src/engine/local/state/read-projects.ts'
import { RecordStore } from '../../src/engine/local/state/record-store.ts'
import { parseProjectName } from '../../src/model/names.ts'
import type { ImageUsers, LoadedImage } from '../../src/model/stored-image.ts'
import { loadImages } from '../../src/store/archive/load-images.ts'
import { containerIdOf } from './apply-plan.ts'
import { aContainerSpec } from './container-input.ts'
import { type HandMadeImage, writeLayout } from './hand-made-layout.ts'

/** Writes an archive of an image layout with `images` below `folder` and returns its path. */
export function archiveOf(folder: string, images: readonly HandMadeImage[]): string {
  const layout = mkdtempSync(join(folder, 'layout-'))
  writeLayout(layout, images)
  const archive = `${layout}.tar`
  execFileSync('tar', ['-C', layout, '-cf', archive, ...readdirSync(layout)])
  return archive
}

/** Loads the archive at `path` into the store. */
export async function load(roots: Roots, path: string): Promise<readonly LoadedImage[]> {
  const signal = new AbortController().signal
  return await loadImages(
    roots,
    { kind: 'file', path },
    {
      signal,
      areLayersInUse: () => isAnyProjectKept(roots),
      onProgress: () => {},
    },
  )
}

/** Returns the reader of which containers of the engine need which image. */
export function usersIn(roots: Roots): () => ImageUsers {
  return () => imageUsersOf(roots, requireAllProjects(roots))
}

/** A container as a project's record has it. */
export interface RecordedContainer {
  readonly project: string
  readonly name: string
  readonly image: string
  /** Undefined for one that is announced and not created yet. */
  readonly imageId: Digest | undefined
}

/** Writes a container into the record of its project. */
export async function recordContainer(roots: Roots, container: RecordedContainer): Promise<void> {
  const project = parseProjectName(container.project)
  const store = new RecordStore(project, projectLayout(roots, project))
  const id = containerIdOf(store.record.containers.size + 1)
  const { name, image, imageId } = container
  store.setContainer(id, {
    id,
    phase: imageId === undefined ? 'creating' : 'created',
    spec: { ...aContainerSpec({ image }), name },
    imageId,
    createdAt: 0,
    command: [],
    anonymousVolumes: [],
  })
  await store.save()
}

/** Returns all paths of the store, without its locks and the content of layers. */
export function storedPaths({ data }: Roots): readonly string[] {
  const folders = [
    ...['blobs/sha256', 'partial', 'records', 'references', 'leases', '.'].map(name => join('images', name)),
    ...['sha256', 'l', 'sizes', 'implied', 'index', 'packed', '.'].map(name => join('layers', name)),
  ]
  return folders.flatMap(folder =>
    namesIn(join(data, folder))
      .map(name => join(folder, name))
      .filter(path => !FIXED.has(path)),
  )
}

const FIXED: ReadonlySet<string> = new Set([
  ...['blobs', 'partial', 'records', 'references', 'leases', 'oci-layout'].map(name => join('images', name)),
  ...['index.json', 'index.lock', 'store.lock'].map(name => join('images', name)),
  ...['sha256', 'l', 'sizes', 'implied', 'index', 'packed', 'origin'].map(name => join('layers', name)),
])

function namesIn(folder: string): readonly string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter(name => lstatSync(join(folder, name), { throwIfNoEntry: false }) !== undefined)
    .sort()
}
