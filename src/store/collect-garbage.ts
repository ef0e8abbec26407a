import type { Digest } from '../base/digest.ts'
import type { ImageUsers, RemovedImages } from '../model/stored-image.ts'
import { type ListedStep, listStepRecords, removeStepRecord, type StepKey } from './built/step-records.ts'
import { removeFromIndex } from './images/image-index.ts'
import { type ImageKey, splitImageKey } from './images/image-key.ts'
import { removeImageRecord, removeReferenceRecord } from './images/image-record.ts'
import { readLeases } from './lease.ts'
import { notePackedBases } from './packed-layers.ts'
import { reachableFrom, withoutImages } from './reachable.ts'
import { requireWholeContents, type StoreContents } from './store-contents.ts'
import { lockStore } from './store-lock.ts'
import type { StorePaths } from './store-paths.ts'
import { findUnreachable, Trash } from './trash.ts'

/** What a choice of images to remove is made by. */
export interface StoreView {
  readonly contents: StoreContents
  readonly users: ImageUsers
  /** What builds know of their steps. */
  readonly steps: readonly ListedStep[]
  /** What running processes need. */
  readonly leases: ReadonlySet<string>
  /** Tells whether a process is about to need the image. */
  isLeased(id: Digest): boolean
}

/** What to take out of the store, besides what nothing leads to. */
export interface ImageChoice {
  readonly names: ReadonlySet<ImageKey>
  /** Images whose names are all among `names`. */
  readonly images: ReadonlySet<Digest>
  /** Steps of builds. @default none */
  readonly steps?: ReadonlySet<StepKey>
}

export interface CollectOptions {
  /** Called under the store's lock. @throws What it throws leaves everything as it is. */
  readonly readUsers: () => ImageUsers
  /** Decides under the store's lock; what it throws leaves everything as it is. */
  readonly choose: (view: StoreView) => ImageChoice
  /** Also remove downloads that nothing resumes. */
  readonly partials: boolean
  /** Hears of each step before it is done. */
  readonly onStep?: (step: string) => void
}

/**
 * Takes images out of the store, and all that nothing leads to then.
 *
 * What refers is removed before what it refers to: names, index, records, steps, then layers and blobs, which leave view by a
 * rename each and are emptied when the store is free again. So a collector that dies at any step leaves a store in
 * which every name leads to all it needs, or is no name; the next one finds what it left. The leases are read first: a
 * process lets go of its lease only when the records name what it made.
 *
 * @throws {TcomposeError} What `readUsers` and `choose` throw; `state-corrupt` or `state-version` for a record that cannot be read.
 */
export async function collectGarbage(
  paths: StorePaths,
  { readUsers, choose, partials, onStep = () => {} }: CollectOptions,
): Promise<RemovedImages> {
  const trash = new Trash(paths, onStep)
  const store = await lockStore(paths)
  let choice: ImageChoice
  let deleted: readonly Digest[]
  try {
    const leases = readLeases(paths)
    const contents = requireWholeContents(paths)
    const users = readUsers()
    const steps = listStepRecords(paths)
    choice = choose({ contents, users, steps, leases, isLeased: id => leases.has(`image ${id}`) })
    // A folder that a service ran from is no image of the store, though there is a record of it.
    deleted = [...choice.images].filter(id => contents.records.get(id)?.content.kind !== 'folder')
    notePackedBases(paths, contents)
    await forget(paths, choice, onStep)
    // A container may use an image whose record was put aside.
    const used = [...users.keys()].filter(id => !choice.images.has(id))
    const kept = steps.filter(({ key }) => choice.steps?.has(key) !== true).map(({ record }) => record)
    const reachable = reachableFrom(paths, withoutImages(contents, choice), { leases, used, steps: kept })
    trash.take(findUnreachable(paths, reachable, { partials }))
  } finally {
    store[Symbol.dispose]()
  }
  await trash.empty()
  const { bytes, leftovers } = trash
  return { untagged: [...choice.names].sort().map(splitImageKey), deleted, bytes, leftovers }
}

async function forget(
  paths: StorePaths,
  { names, images, steps = new Set() }: ImageChoice,
  onStep: (step: string) => void,
): Promise<void> {
  for (const name of names) {
    onStep(`name ${name}`)
    removeReferenceRecord(paths, name)
  }
  onStep('index')
  await removeFromIndex(paths, names)
  for (const id of images) {
    onStep(`image ${id}`)
    removeImageRecord(paths, id)
  }
  for (const key of steps) {
    onStep(`step ${key}`)
    removeStepRecord(paths, key)
  }
}
