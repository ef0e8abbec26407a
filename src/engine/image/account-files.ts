import type { LayeredTree } from './layered-tree.ts'

/** A line of /etc/passwd. */
export interface Account {
  readonly name: string
  readonly uid: number
  readonly gid: number
  readonly home: string
}

/** A line of /etc/group. */
export interface Group {
  readonly name: string
  readonly gid: number
  readonly members: readonly string[]
}

/** Reads the image's /etc/passwd; lines that are malformed are left out, and a missing file is empty. */
export function readAccounts(tree: LayeredTree): readonly Account[] {
  return linesOf(tree, '/etc/passwd').flatMap(line => {
    const [name = '', , uid = '', gid = '', , home = ''] = line.split(':')
    return name !== '' && isId(uid) && isId(gid) ? { name, uid: Number(uid), gid: Number(gid), home } : []
  })
}

/** Reads the image's /etc/group; lines that are malformed are left out, and a missing file is empty. */
export function readGroups(tree: LayeredTree): readonly Group[] {
  return linesOf(tree, '/etc/group').flatMap(line => {
    const [name = '', , gid = '', members = ''] = line.split(':')
    const names = members.split(',').filter(member => member !== '')
    return name !== '' && isId(gid) ? { name, gid: Number(gid), members: names } : []
  })
}

/** Tells whether `text` is a number that the kernel takes for a user or group, as Docker limits it. */
export function isId(text: string): boolean {
  return /^\d{1,10}$/.test(text) && Number(text) <= 0x7fffffff
}

function linesOf(tree: LayeredTree, path: string): readonly string[] {
  const text = tree.readFile(path)?.toString('utf8') ?? ''
  return text
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '' && !line.startsWith('#'))
}
