import { existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

/**
 * Makes the folder `path` unless it is there. `make` fills a temporary folder beside it, which then takes the name:
 * a folder of that name is always whole. Of two makers at once, the first one's folder stays.
 */
export async function makeOnce(path: string, make: (folder: string) => Promise<void>): Promise<string> {
  if (existsSync(path)) return path
  const folder = mkdtempSync(join(dirname(path), `.${basename(path)}-`))
  try {
    await make(folder)
    renameSync(folder, path)
  } catch (error) {
    if (!isTaken(error)) throw error
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  return path
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOTEMPTY' || error.code === 'EEXIST')
}
