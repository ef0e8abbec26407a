import { readdirSync } from 'node:fs'
import { libcFunction } from '../../src/linux/libc.ts'
import { readText } from '../../src/linux/process-stat.ts'

const systemCall = libcFunction('long syscall(long number, long a, long b)')
const poll = libcFunction('int poll(uint8_t *fds, uint64_t count, int timeout)')
const close = libcFunction('int close(int fd)')

const SYSCALL_PIDFD_OPEN = 434
const POLLIN = 1
const POLLFD_BYTES = 8

/**
 * Waits until the keepers of the engine with the run folder `run` have ended whose projects have gone: `down` does not wait for
 * them. It blocks the thread.
 */
export function waitForClosingKeepers(run: string, patienceMs = 10_000): void {
  for (const pid of readdirSync('/proc').map(Number)) if (isClosingIn(pid, run)) waitForEnd(pid, patienceMs)
}

function isClosingIn(pid: number, run: string): boolean {
  if (!Number.isInteger(pid)) return false
  return (
    readText(`/proc/${pid}/comm`) === 'tc-closing\n' && readText(`/proc/${pid}/cmdline`).includes(`\0${run}/`)
  )
}

/** pidfd_open(2): the descriptor becomes readable when the process ends. */
function waitForEnd(pid: number, patienceMs: number): void {
  const fd = systemCall(SYSCALL_PIDFD_OPEN, pid, 0)
  if (fd < 0) return
  const wanted = Buffer.alloc(POLLFD_BYTES)
  wanted.writeInt32LE(fd, 0)
  wanted.writeInt16LE(POLLIN, 4)
  const ended = poll(wanted, 1n, patienceMs)
  close(fd)
  if (ended !== 1) throw new Error(`keeper ${pid} has not ended ${patienceMs} ms after down`)
}
