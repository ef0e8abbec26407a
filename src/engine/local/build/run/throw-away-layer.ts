import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { WritableLayer } from '../../../../runtime/launch/container-launch.ts'

/**
 * redirect_dir, metacopy: their marks would be no part of a layer that others read. volatile: without it each end of a
 * mount writes out the whole filesystem.
 */
const OPTIONS: readonly string[] = ['index=off', 'redirect_dir=off', 'metacopy=off', 'volatile']

/** Makes `folder` with an empty writable layer in it. Whoever wants to keep the layer moves it elsewhere. */
export function throwAwayLayer(folder: string): WritableLayer {
  const upper = join(folder, 'upper')
  const work = join(folder, 'work')
  for (const path of [folder, upper, work]) mkdirSync(path, { mode: 0o700 })
  return { upper, work, options: OPTIONS }
}
