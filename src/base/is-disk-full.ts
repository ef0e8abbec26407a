import { errnoNameOf } from './errno-name-of.ts'

/** Tells whether a write failed because the disk, or what this user may take of it, is used up. */
export function isDiskFull(error: unknown): boolean {
  return ['ENOSPC', 'EDQUOT'].includes(errnoNameOf(error) ?? '')
}
