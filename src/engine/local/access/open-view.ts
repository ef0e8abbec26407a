import { constants, existsSync, fstatSync, mkdirSync, openSync, writeFileSync } from 'node:fs'
import { posix } from 'node:path'
import { errnoNameOf } from '../../../base/errno-name-of.ts'
import { bytePath } from '../../../disk/byte-path.ts'
import { openBeneath } from '../../../disk/open-beneath.ts'
import { openInRoot } from '../../../disk/open-in-root.ts'
import { type OpenedFile, openedFile } from '../../../disk/opened-file.ts'
import { checked, libcFunction } from '../../../linux/libc.ts'
import { MS_BIND, mount } from '../../../linux/mount.ts'
import type { OverlayOptions } from '../../../runtime/launch/overlay-options.ts'

const syscall = libcFunction('long syscall(long number, int folder, const char *path, unsigned int flags)')
const unshare = libcFunction('int unshare(int flags)')
const setns = libcFunction('int setns(int fd, int type)')
const chdir = libcFunction('int chdir(const char *path)')

const CLONE_FS = 0x200
const CLONE_NEWNS = 0x20000
const MS_RDONLY = 1
const MS_REMOUNT = 32
const MS_REC = 16384
const MS_PRIVATE = 1 << 18
const SYS_OPEN_TREE = 428
const OPEN_TREE_CLONE = 1
const AT_EMPTY_PATH = 0x1000
const O_CLOEXEC = 0o2000000
const O_PATH = 0o10000000
const FOLDER = O_PATH | constants.O_DIRECTORY

/** Files of a container to be seen. */
export type ViewRequest =
  /** Those of one that does not run, mounted as for its process. */
  | {
      readonly kind: 'stopped'
      /** A folder of the host to mount them on; there nothing is mounted. */
      readonly target: string
      readonly overlay: Extract<OverlayOptions, { kind: 'page' }>
      readonly binds: readonly ViewBind[]
    }
  /** Those of process `pid` without what is mounted over them. */
  | { readonly kind: 'bare'; readonly pid: number }

/** A part of the host that is mounted in a container. */
export interface ViewBind {
  readonly source: string
  /** Below which no link is followed. @default all of `source` is the host's own */
  readonly beneath: { readonly root: string; readonly path: string } | undefined
  readonly isFile: boolean
  readonly target: string
  readonly readOnly: boolean
}

/** Descriptors of the process. The mounts end with the last of them. */
export interface OpenedView {
  readonly root: number
  /** What keeps the mounts below the root; undefined where there are none. */
  readonly namespace: number | undefined
}

/**
 * Makes a view of a container's files in a mount namespace that only its descriptors keep, so nothing of it is left when this
 * process ends, however it does. Changes the namespace of the calling thread, which must end then.
 *
 * @throws {SystemCallError} If the kernel refuses.
 */
export function openView(request: ViewRequest): OpenedView {
  checked(unshare(CLONE_FS | CLONE_NEWNS), 'unshare', 'mount namespace')
  if (request.kind === 'bare') return { root: bareRoot(request.pid), namespace: undefined }
  const { target, overlay, binds } = request
  mount({ source: null, target: '/', type: null, flags: MS_REC | MS_PRIVATE, data: null })
  if (overlay.workingDir !== undefined) checked(chdir(overlay.workingDir), 'chdir', overlay.workingDir)
  mount({ source: 'overlay', target, type: 'overlay', flags: 0, data: overlay.data })
  const root = openSync(target, FOLDER)
  for (const bind of binds) placeBind(root, bind)
  return { root, namespace: openSync('/proc/thread-self/ns/mnt', 'r') }
}

/** open_tree(2) clones only what is mounted in the caller's namespace. What else the thread does, it does in its own again. */
function bareRoot(pid: number): number {
  using own = openedFile(openSync('/proc/thread-self/ns/mnt', 'r'))
  using namespace = openedFile(openSync(`/proc/${pid}/ns/mnt`, 'r'))
  checked(setns(namespace.fd, CLONE_NEWNS), 'setns', `mount namespace of process ${pid}`)
  try {
    using root = openedFile(openSync('/', FOLDER))
    const flags = OPEN_TREE_CLONE | O_CLOEXEC | AT_EMPTY_PATH
    return checked(syscall(SYS_OPEN_TREE, root.fd, '', flags), 'open_tree', '/')
  } finally {
    checked(setns(own.fd, CLONE_NEWNS), 'setns', 'own mount namespace')
  }
}

/** A source that is gone, and a place that the container has something else at, is left out: its process would not start. */
function placeBind(root: number, { source, beneath, isFile, target, readOnly }: ViewBind): void {
  if (beneath === undefined && !existsSync(source)) return
  using from =
    beneath === undefined ? undefined : openBeneath(bytePath(beneath.root), bytePath(beneath.path), O_PATH)
  using place = openPlace(root, target, isFile)
  if (fstatSync(place.fd).isDirectory() === isFile) return
  const at = `/proc/self/fd/${place.fd}`
  mount({
    source: from === undefined ? source : `/proc/self/fd/${from.fd}`,
    target: at,
    type: null,
    flags: MS_BIND | MS_REC,
    data: null,
  })
  if (!readOnly) return
  using mounted = openInRoot(root, bytePath(target), O_PATH)
  mount({
    source: null,
    target: `/proc/self/fd/${mounted.fd}`,
    type: null,
    flags: MS_BIND | MS_REMOUNT | MS_RDONLY,
    data: null,
  })
}

/** Makes what a container that never ran does not have yet. */
function openPlace(root: number, path: string, isFile: boolean): OpenedFile {
  try {
    return openInRoot(root, bytePath(path), O_PATH)
  } catch (error) {
    if (errnoNameOf(error) !== 'ENOENT' || path === '/') throw error
  }
  using parent = openPlace(root, posix.dirname(path), false)
  const place = `/proc/self/fd/${parent.fd}/${posix.basename(path)}`
  if (isFile) writeFileSync(place, '', { flag: 'wx', mode: 0o644 })
  else mkdirSync(place, { mode: 0o755 })
  return openInRoot(root, bytePath(path), O_PATH)
}
