import { TcomposeError } from '../../base/tcompose-error.ts'
import { type Account, type Group, isId, readAccounts, readGroups } from './account-files.ts'
import type { LayeredTree } from './layered-tree.ts'

/** Who a process is to be. */
export interface UserRequest {
  /** `name[:group]`, `uid[:gid]`, or empty for root. */
  readonly user: string
  /** Names or numbers of further groups. */
  readonly groupAdd: readonly string[]
}

/** Who it is in numbers. */
export interface ResolvedUser {
  readonly uid: number
  readonly gid: number
  /** Supplementary groups; the first is `gid`. */
  readonly groups: readonly number[]
  readonly home: string
}

/**
 * Finds a user in the image's /etc/passwd and /etc/group by Docker's rules: a number need not be there and then has
 * group 0 and home `/`; a name must be there; the groups that /etc/group lists for the user count only where no
 * group is given.
 *
 * @throws {TcomposeError} `user-not-found`.
 */
export function resolveUser({ user, groupAdd }: UserRequest, tree: LayeredTree): ResolvedUser {
  const [userText = '', groupText = ''] = user.split(':', 2)
  const wanted = userText === '' ? '0' : userText
  const accounts = readAccounts(tree)
  const groups = readGroups(tree)
  const account = accounts.find(({ name, uid }) => name === wanted || String(uid) === wanted)
  if (account === undefined && !isId(wanted)) throw notFound('user', wanted, accounts)
  const gid = groupText === '' ? (account?.gid ?? 0) : groupId(groupText, groups)
  const memberships = groupText === '' ? groupsOf(account, groups) : []
  const added = groupAdd.map(group => groupId(group, groups))
  return {
    uid: account?.uid ?? Number(wanted),
    gid,
    groups: [...new Set([gid, ...memberships, ...added])],
    home: account?.home || '/',
  }
}

function groupsOf(account: Account | undefined, groups: readonly Group[]): readonly number[] {
  if (account === undefined) return []
  return groups.filter(({ members }) => members.includes(account.name)).map(({ gid }) => gid)
}

function groupId(text: string, groups: readonly Group[]): number {
  const group = groups.find(({ name, gid }) => name === text || String(gid) === text)
  if (group !== undefined) return group.gid
  if (isId(text)) return Number(text)
  throw notFound('group', text, groups)
}

function notFound(
  kind: 'user' | 'group',
  name: string,
  known: readonly { readonly name: string }[],
): TcomposeError {
  const file = kind === 'user' ? '/etc/passwd' : '/etc/group'
  const names = nearNames(name, known)
  return new TcomposeError(
    'user-not-found',
    `Cannot run as ${kind} "${name}": the image's ${file} has no such name, expected one of it or a number`,
    {
      hint: names.length === 0 ? `Use a number: the image has no ${file}` : `${file} has ${names.join(', ')}`,
    },
  )
}

/** Returns the names nearest to `wanted` first, at most eight. */
function nearNames(wanted: string, known: readonly { readonly name: string }[]): readonly string[] {
  return known
    .map(({ name }) => ({ name, shared: sharedPairs(wanted, name) }))
    .sort((a, b) => b.shared - a.shared)
    .slice(0, 8)
    .map(({ name }) => name)
}

/** Counts the pairs of neighbouring letters that both have, the start included. */
function sharedPairs(a: string, b: string): number {
  const pairs = new Set([...`^${a}`].map((letter, index) => letter + (a[index] ?? '')))
  return [...`^${b}`].filter((letter, index) => pairs.has(letter + (b[index] ?? ''))).length
}
