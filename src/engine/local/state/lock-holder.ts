import { readFileSync, statSync } from 'node:fs'

/** The process that has a lock. */
export interface LockProcess {
  readonly pid: number
  /** The command as its user gave it. */
  readonly command: string
}

/** Returns who wrote that it holds the lock at `path`, now or until a while ago. */
export function readHolder(path: string): LockProcess | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'))
    if (typeof value !== 'object' || value === null) return undefined
    const { pid, command } = { pid: undefined, command: undefined, ...value }
    return typeof pid === 'number' && typeof command === 'string' ? { pid, command } : undefined
  } catch {
    // The holder has not written its name yet, or the project went away: the next try decides.
    return undefined
  }
}

/** Returns who holds the lock at `path`, without trying to take it: those who wait for it do not notice. */
export function findLockHolder(path: string): LockProcess | undefined {
  const inode = statSync(path, { throwIfNoEntry: false })?.ino
  const holder = inode === undefined ? undefined : readHolder(path)
  if (holder === undefined) return undefined
  const isHeld = readFileSync('/proc/locks', 'latin1')
    .split('\n')
    .some(line => isLockOf(line, holder.pid, inode))
  return isHeld ? holder : undefined
}

/** proc_locks(5): `1: FLOCK  ADVISORY  WRITE 4711 00:1a:815 0 EOF`. File systems may give stat(2) another device. */
function isLockOf(line: string, pid: number, inode: number | undefined): boolean {
  const [, owner, number] = /^\d+: FLOCK +\S+ +WRITE +(\d+) [^ :]+:[^ :]+:(\d+) /.exec(line) ?? []
  return owner === String(pid) && number === String(inode)
}
