import { closeSync } from 'node:fs'
import { checked, lastErrno, libcFunction, SystemCallError } from './libc.ts'

const systemCall = libcFunction('long syscall(long number, long a, long b, void *c, long d)')

const SYSCALL_PIDFD_SEND_SIGNAL = 424
const SYSCALL_PIDFD_OPEN = 434
const ESRCH = 3

/** One process for good: its pid is not given to another one while this is open. */
export interface Pidfd extends Disposable {
  readonly pid: number
  /**
   * Sends a signal; returns false if the process has ended.
   *
   * @throws {SystemCallError} If the kernel refuses.
   */
  send(signal: number): boolean
}

/**
 * Pins the process that has `pid` now; undefined if none has. Who got the pid from a file or a list checks afterwards
 * that it is still the process that was meant.
 *
 * @throws {SystemCallError} If the kernel refuses.
 */
export function openPidfd(pid: number): Pidfd | undefined {
  const descriptor = systemCall(SYSCALL_PIDFD_OPEN, pid, 0, null, 0)
  if (descriptor < 0 && lastErrno() === ESRCH) return undefined
  checked(descriptor, 'pidfd_open', `process ${pid}`)
  return {
    pid,
    send: signal => sendSignal(descriptor, pid, signal),
    [Symbol.dispose]: () => closeSync(descriptor),
  }
}

function sendSignal(descriptor: number, pid: number, signal: number): boolean {
  if (systemCall(SYSCALL_PIDFD_SEND_SIGNAL, descriptor, signal, null, 0) >= 0) return true
  const errno = lastErrno()
  if (errno === ESRCH) return false
  throw new SystemCallError('pidfd_send_signal', errno, `process ${pid}`)
}
