import { readSync } from 'node:fs'
import { TcomposeError } from '../../base/tcompose-error.ts'
import type { LayeredTree } from '../../disk/layered-tree.ts'
import { openRegularFile } from '../../disk/open-regular-file.ts'
import type { OpenedFile } from '../../disk/opened-file.ts'

/** A line of /etc/passwd. */
export interface PasswdEntry {
  readonly name: string
  readonly uid: number
  readonly gid: number
  readonly home: string
}

/** A line of /etc/group. */
export interface GroupEntry {
  readonly name: string
  readonly gid: number
  readonly members: readonly string[]
}

/** The largest file and the longest line of it that are read, in bytes: far more than any system has. */
const LARGEST_FILE = 16 * 1024 * 1024
const LONGEST_LINE = 1024 * 1024
const CHUNK = 64 * 1024

/**
 * Reads the image's /etc/passwd line by line; lines that are malformed are left out, and a missing file is empty.
 *
 * @throws {TcomposeError} `image-invalid` for a file that is too large.
 */
export function* readPasswd(tree: LayeredTree): Generator<PasswdEntry> {
  using file = openIn(tree, '/etc/passwd')
  if (file !== undefined) yield* accountsIn(file, '/etc/passwd of the image')
}

/**
 * Reads an open file that is like /etc/passwd, which errors call `name`.
 *
 * @throws {TcomposeError} `image-invalid` for a file that is too large.
 */
export function* accountsIn(file: OpenedFile, name: string): Generator<PasswdEntry> {
  for (const line of linesOf(file, name)) {
    const [user = '', , uid = '', gid = '', , home = ''] = line.split(':')
    if (user !== '' && isId(uid) && isId(gid)) yield { name: user, uid: Number(uid), gid: Number(gid), home }
  }
}

/**
 * Reads the image's /etc/group line by line; lines that are malformed are left out, and a missing file is empty.
 *
 * @throws {TcomposeError} `image-invalid` for a file that is too large.
 */
export function* readGroup(tree: LayeredTree): Generator<GroupEntry> {
  using file = openIn(tree, '/etc/group')
  for (const line of file === undefined ? [] : linesOf(file, '/etc/group of the image')) {
    const [name = '', , gid = '', members = ''] = line.split(':')
    const names = members.split(',').filter(member => member !== '')
    if (name !== '' && isId(gid)) yield { name, gid: Number(gid), members: names }
  }
}

/** Tells whether `text` is a number that the kernel takes for a user or group, as Docker limits it. */
export function isId(text: string): boolean {
  return /^\d{1,10}$/.test(text) && Number(text) <= 0x7fffffff
}

function openIn(tree: LayeredTree, path: string): OpenedFile | undefined {
  const entry = tree.lookup(path)
  return entry === undefined ? undefined : openRegularFile(entry)
}

function* linesOf({ fd }: OpenedFile, file: string): Generator<string> {
  for (const bytes of rawLines(fd, file)) {
    const line = bytes.toString('utf8').trim()
    if (line !== '' && !line.startsWith('#')) yield line
  }
}

/** A line is whole when its end is seen; what is left at the end of the file is one too. */
function* rawLines(fd: number, file: string): Generator<Buffer> {
  const chunk = Buffer.allocUnsafe(CHUNK)
  let rest: Buffer = Buffer.alloc(0)
  let total = 0
  for (let count = readSync(fd, chunk); count > 0; count = readSync(fd, chunk)) {
    total += count
    if (total > LARGEST_FILE) throw tooLarge(file, `it is larger than ${LARGEST_FILE / 1048576} MiB`)
    const text = Buffer.concat([rest, chunk.subarray(0, count)])
    let start = 0
    for (let end = text.indexOf(0x0a); end >= 0; end = text.indexOf(0x0a, start)) {
      yield text.subarray(start, end)
      start = end + 1
    }
    rest = text.subarray(start)
    if (rest.length > LONGEST_LINE) throw tooLarge(file, 'a line of it is longer than 1 MiB')
  }
  yield rest
}

function tooLarge(file: string, reason: string): TcomposeError {
  return new TcomposeError('image-invalid', `Cannot read ${file}: ${reason}`, {
    hint: 'Use a smaller file: no system has one like this',
  })
}
