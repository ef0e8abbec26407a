import { closeSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { errnoNameOf } from '../base/errno-name-of.ts'
import { lastErrno, libcFunction, SystemCallError } from './libc.ts'

/** Of inotify(7). */
const IN_CLOEXEC = 0o2000000
const IN_MODIFY = 0x2
const IN_ATTRIB = 0x4
const IN_MOVED_FROM = 0x40
const IN_MOVED_TO = 0x80
const IN_CREATE = 0x100
const IN_DELETE = 0x200
const IN_DELETE_SELF = 0x400
const IN_MOVE_SELF = 0x800
const IN_DONT_FOLLOW = 0x2000000

/** A file that is replaced by rename(2) loses a link, which is a change of its attributes. */
const OF_FILE = IN_MODIFY | IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF
const OF_FOLDER = IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_DELETE_SELF | IN_MOVE_SELF

/**
 * Returns a descriptor that is readable once a file of `paths`, or the link of that name, has been written or replaced, or an entry
 * of a folder among them has come or gone; the caller owns it. Of what is not there, the nearest folder above it is watched.
 *
 * @throws {SystemCallError} `EMFILE` or `ENOSPC` where the user watches as much as the kernel allows.
 */
export function openChanges(paths: readonly string[]): number {
  const inotifyInit = libcFunction('int inotify_init1(int flags)')
  const fd = inotifyInit(IN_CLOEXEC)
  if (fd < 0) throw new SystemCallError('inotify_init1', lastErrno(), 'changes')
  try {
    for (const path of paths) watch(fd, path)
  } catch (error) {
    closeSync(fd)
    throw error
  }
  return fd
}

function watch(fd: number, path: string): void {
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
  try {
    addWatch(fd, path, isFolder ? OF_FOLDER : OF_FILE)
    addWatch(fd, path, (isFolder ? OF_FOLDER : OF_FILE) | IN_DONT_FOLLOW)
  } catch (error) {
    if (errnoNameOf(error) !== 'ENOENT' || path === dirname(path)) throw error
    watch(fd, dirname(path))
  }
}

function addWatch(fd: number, path: string, mask: number): void {
  const inotifyAddWatch = libcFunction('int inotify_add_watch(int fd, const char *path, uint32_t mask)')
  if (inotifyAddWatch(fd, path, mask) < 0) throw new SystemCallError('inotify_add_watch', lastErrno(), path)
}
