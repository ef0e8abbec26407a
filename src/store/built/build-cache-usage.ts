import type { Digest } from '../../base/digest.ts'
import type { BuildCacheUsage } from '../../model/stored-image.ts'
import { layerSize } from '../layers/layer-size.ts'
import type { StorePaths } from '../store-paths.ts'
import { cacheFolderSize, isCacheFolderUsed, listCacheFolders } from './cache-folders.ts'
import type { ListedStep } from './step-records.ts'

/** The steps of builds, and the layers that something else leads to. */
export interface KnownSteps {
  readonly steps: readonly ListedStep[]
  readonly elsewhere: ReadonlySet<string>
}

/** Returns what builds keep for the next ones. */
export function buildCacheUsage(paths: StorePaths, { steps, elsewhere }: KnownSteps): BuildCacheUsage {
  const own = new Set<Digest>()
  for (const { record } of steps) if (!elsewhere.has(record.diffId)) own.add(record.diffId)
  const layerBytes = [...own].reduce((sum, diffId) => sum + layerSize(paths, diffId), 0)
  const folders = listCacheFolders(paths).map(folder => ({
    bytes: cacheFolderSize(folder),
    isUsed: isCacheFolderUsed(folder),
  }))
  const sum = (of: typeof folders) => of.reduce((total, { bytes }) => total + bytes, 0)
  const used = folders.filter(({ isUsed }) => isUsed)
  const shared = steps.filter(({ record }) => elsewhere.has(record.diffId))
  return {
    count: steps.length + folders.length,
    active: shared.length + used.length,
    bytes: layerBytes + sum(folders),
    reclaimable: layerBytes + sum(folders) - sum(used),
  }
}
