import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  closeSync,
  constants,
  ftruncateSync,
  lchownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { type BytePath, bytePath, nativePath } from '../../src/disk/byte-path.ts'
import { makeNode, OPAQUE_XATTR, setTimes, setXattr } from '../../src/disk/inode.ts'

/** Something to make in a layer in the form of overlayfs; what is left out is 0, or a plain mode. */
export interface LayerFolderEntry {
  /** A character for a byte. Its folder must be there. */
  readonly path: BytePath
  readonly kind: 'file' | 'folder' | 'link' | 'hard-link' | 'fifo' | 'device' | 'whiteout' | 'sparse'
  /** Of a file. */
  readonly content?: string | Buffer
  /** Of a link; of a hard link a path in the layer. */
  readonly target?: BytePath
  readonly mode?: number
  readonly uid?: number
  readonly gid?: number
  /** Nanoseconds since the epoch. */
  readonly mtime?: bigint
  readonly xattrs?: Readonly<Record<string, string>>
  readonly isOpaque?: boolean
}

/** Makes `entries`, in order, in the empty folder `root`. Times are set last, so that nothing changes them again. */
export function makeLayerFolder(root: string, entries: readonly LayerFolderEntry[]): void {
  for (const entry of entries) makeEntry(`${bytePath(root)}/${entry.path}`, entry, bytePath(root))
  for (const { path, kind, mtime = 0n } of entries) {
    if (kind !== 'hard-link') setTimes(`${bytePath(root)}/${path}`, mtime)
  }
}

/** Makes a socket file, which outlives the socket. */
export async function makeSocket(path: string): Promise<void> {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(`${path}.live`, resolve))
  // Closing a server removes its path.
  linkSync(`${path}.live`, path)
  await new Promise(resolve => server.close(resolve))
}

/**
 * Returns what find(1) says of all below `root`: kinds, modes, owners, links, sizes, times and targets. Of whiteouts,
 * which are the character devices, just where they are; sockets are left out.
 */
export function describeFolder(root: string): string {
  const whiteouts = ['-type', 'c', '-printf', '%P c\\n']
  const others = ['-printf', '%P %y %m %U:%G %n %T@ %l\\n']
  const rules = ['-mindepth', '1', '!', '-type', 's', '(', ...whiteouts, '-o', ...others, ')']
  const found = execFileSync('find', ['.', ...rules], { cwd: root, encoding: 'latin1' })
  return found.split('\n').toSorted().join('\n')
}

function makeEntry(place: BytePath, entry: LayerFolderEntry, root: BytePath): void {
  const native = nativePath(place)
  const { kind, uid = 0, gid = 0 } = entry
  make(place, entry, root)
  if (kind === 'hard-link' || kind === 'whiteout') return
  lchownSync(native, uid, gid)
  if (!lstatSync(native).isSymbolicLink())
    chmodSync(native, entry.mode ?? (kind === 'folder' ? 0o755 : 0o644))
  for (const [name, value] of Object.entries(entry.xattrs ?? {})) setXattr(place, name, Buffer.from(value))
  if (entry.isOpaque === true) setXattr(place, OPAQUE_XATTR, Buffer.from('y'))
}

function make(place: BytePath, { kind, content = '', target = '' }: LayerFolderEntry, root: BytePath): void {
  const native = nativePath(place)
  if (kind === 'file') writeFileSync(native, content)
  else if (kind === 'folder') mkdirSync(native)
  else if (kind === 'link') symlinkSync(nativePath(target), native)
  else if (kind === 'hard-link') linkSync(nativePath(`${root}/${target}`), native)
  else if (kind === 'sparse') makeSparse(native)
  else makeNode(place, NODES[kind])
}

const NODES = {
  fifo: { mode: constants.S_IFIFO, major: 0, minor: 0 },
  device: { mode: constants.S_IFBLK, major: 7, minor: 300 },
  whiteout: { mode: constants.S_IFCHR, major: 0, minor: 0 },
}

/** 3 MiB with one byte in the middle. */
function makeSparse(path: string | Buffer): void {
  const fd = openSync(path, 'w')
  try {
    writeSync(fd, 'x', 1_600_000)
    ftruncateSync(fd, 3 * 1024 * 1024)
  } finally {
    closeSync(fd)
  }
}
