import { mkdirSync, statfsSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseBytes } from '../../base/bytes.ts'
import { isDiskFull } from '../../base/is-disk-full.ts'
import { TcomposeError } from '../../base/tcompose-error.ts'
import type { PrunedBuildCache } from '../../model/stored-image.ts'
import type { CollectOptions } from '../collect-garbage.ts'
import { reachableFrom } from '../reachable.ts'
import { readContents } from '../store-contents.ts'
import type { StorePaths } from '../store-paths.ts'
import { buildCacheUsage } from './build-cache-usage.ts'
import { buildFolders } from './build-folders.ts'
import { MOST_STEPS } from './choose-build-cache.ts'
import { pruneBuildCache } from './prune-build-cache.ts'
import { listStepRecords } from './step-records.ts'

/** The variable that says how many bytes builds may keep for the next ones, e.g. `30g`. */
export const LIMIT_VARIABLE = 'TCOMPOSE_BUILD_CACHE_LIMIT'
const MOST_BYTES: number = 20 * 1024 ** 3
const PART_OF_DISK = 0.1
const LOOK_EVERY_MS: number = 10 * 60 * 1000

export interface TrimOptions extends Pick<CollectOptions, 'readUsers'> {
  /** What builds may keep. */
  readonly limitBytes: number
  /** Look now, whenever somebody looked last. @default false */
  readonly isDue?: boolean
}

/**
 * Makes builds forget what was not used for longest, if they keep more than they may; undefined if they do not. Looks
 * every ten minutes, since that takes a while: call it after each build that made something.
 *
 * @throws {TcomposeError} As `pruneBuildCache`.
 */
export async function trimBuildCache(
  paths: StorePaths,
  { readUsers, limitBytes, isDue = false }: TrimOptions,
): Promise<PrunedBuildCache | undefined> {
  if (!isDue && wasSeenLately(paths)) return undefined
  noteLook(paths)
  const steps = listStepRecords(paths)
  const elsewhere = reachableFrom(paths, readContents(paths)).layers
  const { bytes } = buildCacheUsage(paths, { steps, elsewhere })
  if (bytes <= limitBytes && steps.length <= MOST_STEPS) return undefined
  return await pruneBuildCache(paths, { readUsers, all: false, keepBytes: Math.max(1, limitBytes) })
}

/**
 * Returns how many bytes builds may keep: as the environment says, or a tenth of the disk, 20 GiB at most.
 *
 * @throws {TcomposeError} `bad-value` if the variable holds no size.
 */
export function buildCacheLimit(paths: StorePaths, environment: ReadonlyMap<string, string>): number {
  const text = environment.get(LIMIT_VARIABLE)
  if (text === undefined || text === '') {
    const { blocks, bsize } = statfsSync(paths.data)
    return Math.min(MOST_BYTES, Math.floor(blocks * bsize * PART_OF_DISK))
  }
  try {
    return parseBytes(text)
  } catch (error) {
    throw new TcomposeError(
      'bad-value',
      `Cannot read ${LIMIT_VARIABLE}: "${text}" is no size, expected e.g. 30g`,
      { hint: `Set ${LIMIT_VARIABLE} to a number with b, k, m or g, or unset it`, cause: error },
    )
  }
}

function wasSeenLately(paths: StorePaths): boolean {
  const seenAt = statSync(lookFile(paths), { throwIfNoEntry: false })?.mtimeMs
  return seenAt !== undefined && seenAt <= Date.now() && Date.now() - seenAt < LOOK_EVERY_MS
}

function noteLook(paths: StorePaths): void {
  try {
    mkdirSync(buildFolders(paths).build, { recursive: true, mode: 0o700 })
    writeFileSync(lookFile(paths), '', { mode: 0o600 })
  } catch (error) {
    if (!isDiskFull(error)) throw error
  }
}

function lookFile(paths: StorePaths): string {
  return join(buildFolders(paths).build, 'trimmed')
}
