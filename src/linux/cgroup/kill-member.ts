import { openPidfd } from '../pidfd.ts'

const SIGKILL = 9

/**
 * Sends SIGKILL to process `pid` if `isMember` still holds once the pid is pinned: a pid that was read from a list
 * may be another process's by then. A process that has ended is no failure.
 *
 * @throws {SystemCallError} If the kernel refuses.
 */
export function killMember(pid: number, isMember: () => boolean): void {
  using process = openPidfd(pid)
  if (process !== undefined && isMember()) process.send(SIGKILL)
}
