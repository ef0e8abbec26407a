import type { PruneBuildCacheOptions } from '../../model/stored-image.ts'
import { layerSize } from '../layers/layer-size.ts'
import { hasLayer } from '../layers/layer-store.ts'
import type { StorePaths } from '../store-paths.ts'
import type { KnownSteps } from './build-cache-usage.ts'
import { type CacheFolder, cacheFolderSize, listCacheFolders } from './cache-folders.ts'
import type { ListedStep, StepKey } from './step-records.ts'

/** What builds forget. */
export interface BuildCacheChoice {
  readonly steps: ReadonlySet<StepKey>
  readonly folders: readonly CacheFolder[]
}

/** Who looks for garbage reads them all. */
export const MOST_STEPS = 10_000
/** Notes of use are as exact as that. */
const HOUR_MS: number = 60 * 60 * 1000

/**
 * Chooses what builds forget: all that the options allow but what was used last, up to `keepBytes`. Of steps used in the
 * same hour the later ones go first, since they are of no use without those below. A step whose layer is gone always
 * goes, and so do those beyond `MOST_STEPS`.
 */
export function chooseBuildCache(
  paths: StorePaths,
  { steps, elsewhere }: KnownSteps,
  { all, until = Number.POSITIVE_INFINITY, keepBytes = 0 }: PruneBuildCacheOptions,
): BuildCacheChoice {
  const counted = new Set<string>(elsewhere)
  const items = [
    ...steps.map(step => stepItem(paths, step, counted)),
    ...listCacheFolders(paths).map(folderItem),
  ].toSorted(lastUsedFirst)
  const going: CacheItem[] = []
  let bytes = 0
  for (const [index, item] of items.entries()) {
    bytes += item.takeBytes()
    const isWanted = item.usedAt >= until || (keepBytes > 0 && bytes <= keepBytes)
    const isShared = !all && item.step !== undefined && elsewhere.has(item.step.record.diffId)
    const isUseless = index >= MOST_STEPS || item.isBroken
    if (isUseless || !(isWanted || isShared)) going.push(item)
  }
  return {
    steps: new Set(going.flatMap(({ step }) => step?.key ?? [])),
    folders: going.flatMap(({ folder }) => folder ?? []),
  }
}

/** Something that builds keep. */
interface CacheItem {
  readonly step?: ListedStep
  readonly folder?: CacheFolder
  readonly usedAt: number
  readonly createdAt: number
  readonly isBroken: boolean
  /** Returns the bytes that no item had that was asked before. */
  takeBytes(): number
}

function stepItem(paths: StorePaths, step: ListedStep, counted: Set<string>): CacheItem {
  const { diffId, createdAt } = step.record
  return {
    step,
    usedAt: step.usedAt,
    createdAt,
    isBroken: !hasLayer(paths, diffId),
    takeBytes: () => {
      if (counted.has(diffId)) return 0
      counted.add(diffId)
      return layerSize(paths, diffId)
    },
  }
}

function folderItem(folder: CacheFolder): CacheItem {
  const { usedAt } = folder
  return { folder, usedAt, createdAt: usedAt, isBroken: false, takeBytes: () => cacheFolderSize(folder) }
}

function lastUsedFirst(a: CacheItem, b: CacheItem): number {
  const [hourOfA, hourOfB] = [a, b].map(({ usedAt }) => Math.floor(usedAt / HOUR_MS))
  return (hourOfB ?? 0) - (hourOfA ?? 0) || a.createdAt - b.createdAt
}
