import { checked, libcFunction } from './libc.ts'

const F_DUPFD_CLOEXEC = 1030
/** Above the standard streams. */
const LOWEST = 3

let fcntl: ReturnType<typeof libcFunction> | undefined

/**
 * Returns another descriptor, close-on-exec, of the open file behind `descriptor`; the caller owns it.
 *
 * @throws {SystemCallError} If `descriptor` is closed, or there is none left.
 */
export function duplicateDescriptor(descriptor: number): number {
  fcntl ??= libcFunction('int fcntl(int fd, int command, int argument)')
  return checked(fcntl(descriptor, F_DUPFD_CLOEXEC, LOWEST), 'fcntl', `descriptor ${descriptor}`)
}
