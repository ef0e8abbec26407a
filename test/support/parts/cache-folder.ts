import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'

/** Returns a folder below the checkout's `.cache`, made if it is missing. */
export function cacheFolder(...segments: readonly string[]): string {
  const folder = join(resolve(import.meta.dirname, '../../..'), '.cache', ...segments)
  mkdirSync(folder, { recursive: true })
  return folder
}
