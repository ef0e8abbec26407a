import type { LayeredTree } from '../../../../disk/layered-tree.ts'
import { isId, readGroup, readPasswd } from '../../../../runtime/rootfs/user-files.ts'
import type { Owner } from './file-attributes.ts'

/** What `resolveOwner` finds. */
export interface ResolvedOwner extends Owner {
  /** Names that the files do not have, which count as 0 as they do for BuildKit: `user "ghost"`. */
  readonly unknown: readonly string[]
}

/**
 * Finds the numbers of `user[:group]`, names or numbers, in /etc/passwd and /etc/group of `files`. Without a group,
 * that of a name is its own, and that of a number is the same number.
 *
 * @param files Undefined where there are none, so that no name is known.
 */
export function resolveOwner(text: string, files: LayeredTree | undefined): ResolvedOwner {
  const colon = text.indexOf(':')
  const user = findUser(colon < 0 ? text : text.slice(0, colon), files)
  if (colon < 0) return { uid: user.uid ?? 0, gid: user.gid ?? 0, unknown: user.unknown }
  const group = findGroup(text.slice(colon + 1), files)
  const unknown = [...user.unknown, ...group.unknown]
  return { uid: user.uid ?? 0, gid: group.gid ?? user.gid ?? 0, unknown }
}

interface Found {
  readonly uid?: number
  readonly gid?: number
  readonly unknown: readonly string[]
}

function findUser(name: string, files: LayeredTree | undefined): Found {
  const id = idOf(name)
  if (id !== undefined) return { uid: id, gid: id, unknown: [] }
  for (const account of files === undefined ? [] : readPasswd(files)) {
    if (account.name === name) return { uid: account.uid, gid: account.gid, unknown: [] }
  }
  return { unknown: [`user "${name}"`] }
}

function findGroup(name: string, files: LayeredTree | undefined): Found {
  const id = idOf(name)
  if (id !== undefined) return { gid: id, unknown: [] }
  for (const group of files === undefined ? [] : readGroup(files)) {
    if (group.name === name) return { gid: group.gid, unknown: [] }
  }
  return { unknown: [`group "${name}"`] }
}

/** root is 0 also where no file says so, and so is a name that is empty, as in `app:`. */
function idOf(name: string): number | undefined {
  if (name === 'root' || name === '') return 0
  return isId(name) ? Number(name) : undefined
}
