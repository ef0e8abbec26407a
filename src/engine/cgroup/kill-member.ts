import { closeSync } from 'node:fs'
import { lastErrno, libcFunction, SystemCallError } from '../host/libc.ts'

const systemCall = libcFunction('long syscall(long number, long a, long b, void *c, long d)')

const SYSCALL_PIDFD_SEND_SIGNAL = 424
const SYSCALL_PIDFD_OPEN = 434
const SIGKILL = 9
const ESRCH = 3

/**
 * Sends SIGKILL to process `pid` if `isMember` still says so once the pid is pinned: a pid that was read from a list
 * may be another process's by then. A process that has ended is no failure.
 *
 * @throws {SystemCallError} If the kernel refuses.
 */
export function killMember(pid: number, isMember: () => boolean): void {
  const descriptor = systemCall(SYSCALL_PIDFD_OPEN, pid, 0, null, 0)
  if (descriptor < 0) {
    ignoreEnded('pidfd_open', pid)
    return
  }
  try {
    if (isMember() && systemCall(SYSCALL_PIDFD_SEND_SIGNAL, descriptor, SIGKILL, null, 0) < 0) {
      ignoreEnded('pidfd_send_signal', pid)
    }
  } finally {
    closeSync(descriptor)
  }
}

function ignoreEnded(call: string, pid: number): void {
  const errno = lastErrno()
  if (errno !== ESRCH) throw new SystemCallError(call, errno, `process ${pid}`)
}
