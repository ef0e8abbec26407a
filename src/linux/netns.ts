import { closeSync, mkdirSync, openSync, readlinkSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { checked, libcFunction } from './libc.ts'
import { MS_BIND, mount, unmount } from './mount.ts'

const setns = libcFunction('int setns(int fd, int type)')
const unshare = libcFunction('int unshare(int flags)')

const CLONE_NEWNET = 0x40000000
const CURRENT = '/proc/thread-self/ns/net'

/**
 * Runs `work` in the network namespace of the file at `path`, and returns to the one that the thread was in. A
 * socket belongs to the namespace that it was made in, wherever it is used later; /proc/sys/net shows the namespace of
 * the thread that opens a file there. `work` must not return a promise: what it would do later happens elsewhere.
 *
 * setns(2) is per thread, so this is for the main thread only.
 *
 * @throws {SystemCallError} If the namespace cannot be entered.
 */
export function withNetns<T>(path: string, work: () => T extends PromiseLike<unknown> ? never : T): T {
  const fd = openSync(path, 'r')
  try {
    return insideOf(fd, path, work)
  } finally {
    closeSync(fd)
  }
}

/**
 * Makes a network namespace that lives as a file at `path` until `removeNetns`, in place of one that is there. The
 * file's folder is made. `setUp` runs inside before the file exists.
 *
 * @throws {SystemCallError} If the namespace cannot be made; then nothing is left.
 */
export function createNetns(path: string, setUp: () => void = () => {}): void {
  removeNetns(path)
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  using _home = homeNamespace()
  checked(unshare(CLONE_NEWNET), 'unshare', 'network namespace')
  setUp()
  bindAt(path, CURRENT)
}

function bindAt(path: string, source: string): void {
  writeFileSync(path, '', { mode: 0o600 })
  try {
    mount({ source, target: path, type: null, flags: MS_BIND, data: null })
  } catch (error) {
    rmSync(path, { force: true })
    throw error
  }
}

/**
 * Makes the namespace that the link at `path` leads to a file there: it lives until `removeNetns`, whoever else has it.
 *
 * @throws {SystemCallError} If it cannot be mounted; then nothing is at `path`.
 */
export function pinNetns(path: string): void {
  const fd = openSync(path, 'r')
  try {
    rmSync(path)
    bindAt(path, `/proc/self/fd/${fd}`)
  } finally {
    closeSync(fd)
  }
}

/**
 * Removes the namespace file at `path`, where there is one. The namespace itself ends some time after its last process
 * and socket, and takes its interfaces with it.
 */
export function removeNetns(path: string): void {
  while (unmount(path));
  rmSync(path, { force: true })
}

function insideOf<T>(fd: number, path: string, work: () => T): T {
  using _home = homeNamespace()
  checked(setns(fd, CLONE_NEWNET), 'setns', path)
  return work()
}

/** proc(5): the link leads to `<pid>/task/<tid>`, and a process's main thread has the number of the process. */
function isMainThread(): boolean {
  const [pid, , tid] = readlinkSync('/proc/thread-self').split('/')
  return pid === tid
}

/**
 * Remembers the thread's namespace; disposing goes back to it. A thread that cannot go back would change somebody
 * else's network without knowing, so the process ends there and then.
 */
function homeNamespace(): Disposable {
  if (!isMainThread())
    throw new Error('Cannot change the network namespace: this is a worker, expected the main thread')
  const fd = openSync(CURRENT, 'r')
  return {
    [Symbol.dispose]: () => {
      if (setns(fd, CLONE_NEWNET) < 0) process.abort()
      closeSync(fd)
    },
  }
}
