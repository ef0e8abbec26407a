import { checked, libcFunction } from './libc.ts'

/** The two ends of a pipe, close-on-exec; the caller owns them. */
export interface PipeEnds {
  readonly readFd: number
  readonly writeFd: number
}

const O_CLOEXEC = 0o2000000
const F_SETPIPE_SZ = 1031

let pipe2: ReturnType<typeof libcFunction> | undefined
let fcntl: ReturnType<typeof libcFunction> | undefined

/** @throws {SystemCallError} If there is no descriptor left. */
export function openPipe(): PipeEnds {
  pipe2 ??= libcFunction('int pipe2(void *fds, int flags)')
  const ends = Buffer.alloc(8)
  checked(pipe2(ends, O_CLOEXEC), 'pipe2', 'pipe')
  return { readFd: ends.readInt32LE(0), writeFd: ends.readInt32LE(4) }
}

/**
 * Returns a pipe that holds `bytes`, for much data with few changes between its two processes, or what a pipe holds by
 * itself where the kernel refuses that.
 */
export function openWidePipe(bytes: number): PipeEnds {
  const ends = openPipe()
  fcntl ??= libcFunction('int fcntl(int fd, int command, int argument)')
  fcntl(ends.writeFd, F_SETPIPE_SZ, bytes)
  return ends
}
