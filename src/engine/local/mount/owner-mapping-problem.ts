import { existsSync, statfsSync } from 'node:fs'
import { dirname } from 'node:path'
import { TcomposeError } from '../../../base/tcompose-error.ts'
import type { BindMount } from '../../../model/mount.ts'

/** File systems that cannot show other owners, by the numbers of statfs(2). */
const UNABLE: ReadonlyMap<number, string> = new Map([
  [0x6969, 'nfs'],
  [0xff534d42, 'cifs'],
  [0xfe534d42, 'smb2'],
  [0x01021997, '9p'],
  [0x786f4256, 'vboxsf'],
  [0x9fa0, 'proc'],
  [0x62656572, 'sysfs'],
])

/** What can, in words. */
export const ABLE = 'ext4, xfs, btrfs, f2fs, vfat or tmpfs'

/** Returns why a mount cannot match users, as far as the kind of its file system says so. */
export function ownerMappingProblem({ source, origin, matchesUser }: BindMount): TcomposeError | undefined {
  const name = matchesUser === true ? UNABLE.get(statfsSync(existingPart(source)).type) : undefined
  if (name === undefined) return undefined
  return new TcomposeError(
    'owner-mapping',
    `Cannot mount "${source}" with "x-idmap": it is on ${name}, which cannot show other owners`,
    { origin, hint: `Keep it on ${ABLE}, or remove "x-idmap"` },
  )
}

function existingPart(path: string): string {
  return path === '/' || existsSync(path) ? path : existingPart(dirname(path))
}
