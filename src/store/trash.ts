import { existsSync, lstatSync, readlinkSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Digest } from '../base/digest.ts'
import { tryLock } from '../disk/flock.ts'
import { removeTree } from '../disk/remove-tree.ts'
import { isAbandoned, temporaryName } from '../disk/temporary-name.ts'
import { buildFolders } from './built/build-folders.ts'
import { imageFolders } from './images/image-record.ts'
import {
  impliedFoldersFile,
  layerFolder,
  layerIndexFile,
  layerLink,
  layerLinkTarget,
  layerSizeFile,
  layersFolder,
  packedLayerFile,
} from './layers/layer-paths.ts'
import { layerSize, treeSize } from './layers/layer-size.ts'
import type { Reachable } from './reachable.ts'
import { digestsIn, fileOfDigest, sortedNamesIn } from './store-files.ts'
import type { StorePaths } from './store-paths.ts'

/** Something of the store that nothing leads to. */
export type Unreachable =
  | { readonly kind: 'layer'; readonly diffId: Digest; readonly bytes: number }
  | { readonly kind: 'blob'; readonly digest: Digest; readonly bytes: number }
  /** A download that was cut short. */
  | { readonly kind: 'partial'; readonly digest: Digest; readonly bytes: number }
  /** What a process was making that died. */
  | { readonly kind: 'temporary'; readonly path: string; readonly bytes: number }
  /** A short link or a note without its layer. */
  | { readonly kind: 'dangling'; readonly path: string; readonly bytes: 0 }

/** Returns all that is in the store besides `reachable`. What has a name of another kind than the store's is left out. */
export function findUnreachable(
  paths: StorePaths,
  reachable: Reachable,
  { partials }: { readonly partials: boolean },
): readonly Unreachable[] {
  const { images } = imageFolders(paths)
  const isGarbageLayer = (diffId: Digest) => !reachable.layers.has(diffId)
  return [
    ...digestsIn(join(layersFolder(paths), 'sha256'))
      .filter(isGarbageLayer)
      .map(diffId => ({ kind: 'layer', diffId, bytes: layerSize(paths, diffId) }) as const),
    ...blobsIn(join(images, 'blobs/sha256'), 'blob', reachable),
    ...(partials ? blobsIn(join(images, 'partial'), 'partial', reachable) : []),
    ...temporaries(paths),
    ...danglingLinks(paths),
    ...danglingNotes(paths, reachable),
  ]
}

/** Takes things out of the store in two strokes: out of view at once, and off the disk when the store is free again. */
export class Trash {
  readonly #paths: StorePaths
  readonly #onStep: (step: string) => void
  readonly #hidden: string[] = []
  readonly #taken: Unreachable[] = []

  constructor(paths: StorePaths, onStep: (step: string) => void) {
    this.#paths = paths
    this.#onStep = onStep
  }

  /** Bytes of what was taken. */
  get bytes(): number {
    return this.#taken.reduce((sum, { bytes }) => sum + bytes, 0)
  }

  /** What was taken that is no part of an image, in words. */
  get leftovers(): readonly string[] {
    return this.#taken.flatMap(thing => {
      if (thing.kind === 'partial') return [`download ${thing.digest}`]
      return thing.kind === 'temporary' ? [`temporary ${thing.path}`] : []
    })
  }

  take(things: readonly Unreachable[]): void {
    for (const thing of things) {
      this.#onStep(
        `${thing.kind} ${'path' in thing ? thing.path : 'digest' in thing ? thing.digest : thing.diffId}`,
      )
      if (this.#takeOne(thing)) this.#taken.push(thing)
    }
  }

  async empty(): Promise<void> {
    for (const path of this.#hidden) {
      this.#onStep(`empty ${path}`)
      await removeTree(path)
    }
  }

  #takeOne(thing: Unreachable): boolean {
    const paths = this.#paths
    const { images } = imageFolders(paths)
    switch (thing.kind) {
      case 'layer':
        this.#rename(layerFolder(paths, thing.diffId), layersFolder(paths))
        this.#onStep(`link ${thing.diffId}`)
        if (targetOf(layerLink(paths, thing.diffId)) === layerLinkTarget(thing.diffId)) {
          rmSync(layerLink(paths, thing.diffId), { force: true })
        }
        for (const note of layerNotes(paths, thing.diffId)) rmSync(note, ANYTHING)
        return true
      case 'blob':
        this.#rename(fileOfDigest(join(images, 'blobs/sha256'), thing.digest), images)
        return true
      case 'partial':
        return removeIfFree(fileOfDigest(join(images, 'partial'), thing.digest))
      case 'temporary':
        this.#hidden.push(thing.path)
        return true
      case 'dangling':
        rmSync(thing.path, ANYTHING)
        return true
    }
  }

  /** The name says which process removes it, so that another one finishes what a dead one left. */
  #rename(from: string, folder: string): void {
    const to = join(folder, temporaryName())
    renameSync(from, to)
    this.#hidden.push(to)
  }
}

/** Damage may have put a folder in the place of a note. */
const ANYTHING = { force: true, recursive: true } as const

/** A download holds the lock of its file. */
function removeIfFree(file: string): boolean {
  using lock = tryLock(file)
  if (lock !== undefined) rmSync(file, { force: true })
  return lock !== undefined
}

function blobsIn<Kind extends 'blob' | 'partial'>(folder: string, kind: Kind, { blobs }: Reachable) {
  return digestsIn(folder)
    .filter(digest => !blobs.has(digest))
    .map(digest => ({ kind, digest, bytes: sizeOf(fileOfDigest(folder, digest)) }))
}

function temporaries(paths: StorePaths): readonly Unreachable[] {
  const { images, records, references } = imageFolders(paths)
  const { build, contexts, last } = buildFolders(paths)
  return [layersFolder(paths), images, records, references, build, contexts, last].flatMap(folder =>
    sortedNamesIn(folder)
      .filter(isAbandoned)
      .map(
        name => ({ kind: 'temporary', path: join(folder, name), bytes: sizeOf(join(folder, name)) }) as const,
      ),
  )
}

function danglingLinks(paths: StorePaths): readonly Unreachable[] {
  const folder = join(layersFolder(paths), 'l')
  return sortedNamesIn(folder)
    .map(name => join(folder, name))
    .filter(path => !existsSync(path))
    .map(path => ({ kind: 'dangling', path, bytes: 0 }) as const)
}

/** A layer that is being unpacked has its notes before its name; whoever does that keeps it by a lease. */
function danglingNotes(paths: StorePaths, { layers }: Reachable): readonly Unreachable[] {
  const diffIds = ['sizes', 'implied', 'index', 'packed'].flatMap(name =>
    digestsIn(join(layersFolder(paths), name)),
  )
  return [...new Set(diffIds)]
    .filter(diffId => !layers.has(diffId) && !existsSync(layerFolder(paths, diffId)))
    .flatMap(diffId => layerNotes(paths, diffId))
    .filter(path => existsSync(path))
    .map(path => ({ kind: 'dangling', path, bytes: 0 }) as const)
}

/** What is written down beside a layer. */
function layerNotes(paths: StorePaths, diffId: Digest): readonly string[] {
  return [layerSizeFile, impliedFoldersFile, layerIndexFile, packedLayerFile].map(fileOf =>
    fileOf(paths, diffId),
  )
}

function sizeOf(path: string): number {
  const stats = lstatSync(path, { throwIfNoEntry: false })
  if (stats === undefined) return 0
  return stats.isDirectory() ? treeSize(path) : stats.size
}

function targetOf(link: string): string | undefined {
  return lstatSync(link, { throwIfNoEntry: false })?.isSymbolicLink() === true
    ? readlinkSync(link)
    : undefined
}
