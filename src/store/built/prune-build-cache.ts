import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { isInTheMaking } from '../../disk/temporary-name.ts'
import type { PruneBuildCacheOptions, PrunedBuildCache } from '../../model/stored-image.ts'
import { type CollectOptions, collectGarbage, type StoreView } from '../collect-garbage.ts'
import { reachableFrom } from '../reachable.ts'
import { sortedNamesIn } from '../store-files.ts'
import type { StorePaths } from '../store-paths.ts'
import { buildFolders } from './build-folders.ts'
import { cacheFolderSize, removeCacheFolder } from './cache-folders.ts'
import { type BuildCacheChoice, chooseBuildCache } from './choose-build-cache.ts'
import { removeStepRecord, stepKeys } from './step-records.ts'

/**
 * Makes builds forget steps and cache folders, and removes the layers that nothing leads to then. What running commands
 * use stays.
 *
 * @throws {TcomposeError} `state-corrupt` or `state-version`: what cannot be read might need anything.
 */
export async function pruneBuildCache(
  paths: StorePaths,
  { readUsers, onStep, ...options }: PruneBuildCacheOptions & Pick<CollectOptions, 'readUsers' | 'onStep'>,
): Promise<PrunedBuildCache> {
  let choice: BuildCacheChoice = { steps: new Set(), folders: [] }
  const collected = await collectGarbage(paths, {
    readUsers,
    ...(onStep && { onStep }),
    partials: false,
    choose: view => {
      choice = chooseBuildCache(paths, knownSteps(paths, view), options)
      if (options.all) dropUnreadable(paths, view)
      return { names: new Set(), images: new Set(), steps: choice.steps }
    },
  })
  let { bytes } = collected
  let folders = 0
  for (const folder of choice.folders) {
    const size = cacheFolderSize(folder)
    if (!(await removeCacheFolder(paths, folder))) continue
    bytes += size
    folders += 1
  }
  if (options.all && options.until === undefined && options.keepBytes === undefined) dropNotes(paths)
  return { steps: choice.steps.size, folders, bytes }
}

function knownSteps(paths: StorePaths, { contents, steps, users, leases }: StoreView) {
  return { steps, elsewhere: reachableFrom(paths, contents, { leases, used: users.keys() }).layers }
}

function dropUnreadable(paths: StorePaths, { steps }: StoreView): void {
  const readable = new Set(steps.map(({ key }) => key))
  for (const key of stepKeys(paths)) if (!readable.has(key)) removeStepRecord(paths, key)
}

/**
 * What is known of contexts and images only makes builds faster, or tells why steps run. A build that runs beside may be
 * writing some of it.
 */
function dropNotes(paths: StorePaths): void {
  const { contexts, last } = buildFolders(paths)
  for (const folder of [contexts, last]) {
    for (const name of sortedNamesIn(folder)) {
      if (!isInTheMaking(name)) rmSync(join(folder, name), { force: true, recursive: true })
    }
  }
}
