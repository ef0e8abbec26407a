import { didYouMean } from '../../base/did-you-mean.ts'
import { MOST_CANDIDATES } from '../../base/nearest.ts'
import { TcomposeError } from '../../base/tcompose-error.ts'
import type { LayeredTree } from '../../disk/layered-tree.ts'
import { isId, type PasswdEntry, readGroup, readPasswd } from './user-files.ts'

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
 * Finds a user in the image's /etc/passwd and /etc/group. A number is always an id: it need not be there, and then has
 * group 0 and home `/`. A name must be there. The groups that /etc/group lists for the user count only where no group is
 * given.
 *
 * @throws {TcomposeError} `user-not-found`, or `image-invalid` for account files that are too large.
 */
export function resolveUser({ user, groupAdd }: UserRequest, tree: LayeredTree): ResolvedUser {
  const [userText = '', groupText = ''] = user.split(':', 2)
  const wanted = userText === '' ? '0' : userText
  const account = findAccount(wanted, tree)
  const member = groupText === '' ? account?.name : undefined
  const texts = groupText === '' ? groupAdd : [groupText, ...groupAdd]
  const { ids, memberships } = findGroups({ texts, member }, tree)
  const gid = groupText === '' ? (account?.gid ?? 0) : (ids[0] ?? 0)
  return {
    uid: account?.uid ?? Number(wanted),
    gid,
    groups: [...new Set([gid, ...memberships, ...ids])],
    home: account?.home || '/',
  }
}

/** Returns undefined for a number that has no line. */
function findAccount(wanted: string, tree: LayeredTree): PasswdEntry | undefined {
  const id = idOf('user', wanted)
  for (const account of readPasswd(tree)) {
    if (id === undefined ? account.name === wanted : account.uid === id) return account
  }
  if (id === undefined) throw notFound('user', wanted, readPasswd(tree))
  return undefined
}

interface GroupQuestion {
  /** Names and numbers. */
  readonly texts: readonly string[]
  /** Whose groups are wanted too. */
  readonly member: string | undefined
}

interface GroupAnswer {
  /** In the order of the texts. */
  readonly ids: readonly number[]
  readonly memberships: readonly number[]
}

function findGroups({ texts, member }: GroupQuestion, tree: LayeredTree): GroupAnswer {
  const names = new Set(texts.filter(text => idOf('group', text) === undefined))
  const named = new Map<string, number>()
  const memberships: number[] = []
  for (const { name, gid, members } of names.size > 0 || member !== undefined ? readGroup(tree) : []) {
    if (names.has(name) && !named.has(name)) named.set(name, gid)
    if (member !== undefined && members.includes(member)) memberships.push(gid)
  }
  const ids = texts.map(text => {
    const id = idOf('group', text) ?? named.get(text)
    if (id === undefined) throw notFound('group', text, readGroup(tree))
    return id
  })
  return { ids, memberships }
}

/** Returns undefined for a name: only digits are a number. */
function idOf(kind: 'user' | 'group', text: string): number | undefined {
  if (!/^\d+$/.test(text)) return undefined
  if (isId(text)) return Number(text)
  throw new TcomposeError(
    'user-not-found',
    `Cannot run as ${kind} ${text}: the number is too large, expected ${0x7fffffff} at most`,
    { hint: `Use a smaller number, or the name of a ${kind}` },
  )
}

function notFound(
  kind: 'user' | 'group',
  name: string,
  known: Iterable<{ readonly name: string }>,
): TcomposeError {
  const file = kind === 'user' ? '/etc/passwd' : '/etc/group'
  const names = namesOf(known)
  return new TcomposeError(
    'user-not-found',
    `Cannot run as ${kind} "${name}": the image's ${file} has no such name, expected one that it has or a number`,
    {
      hint:
        didYouMean(name, names) ??
        (names.length === 0 ? `Use a number: the image has no ${file}` : hasSome(file, names)),
    },
  )
}

function hasSome(file: string, names: readonly string[]): string {
  const shown = names.slice(0, MOST_SHOWN).join(', ')
  return `${file} has ${shown}${names.length > MOST_SHOWN ? ' and others' : ''}`
}

const MOST_SHOWN = 5

/** Returns the names of `accounts`, as many as a suggestion looks at: a file of an image may be of any length. */
function namesOf(accounts: Iterable<{ readonly name: string }>): readonly string[] {
  const names: string[] = []
  for (const { name } of accounts) {
    if (name.length <= LONGEST_NAME && names.push(name) === MOST_CANDIDATES) break
  }
  return names
}

/** The kernel has no limit; useradd(8) takes 32 characters. */
const LONGEST_NAME = 64
