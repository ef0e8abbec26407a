import { checked, libcFunction } from './libc.ts'

const ioctl = libcFunction('int ioctl(int fd, unsigned long request, const void *argument)')

const TIOCSWINSZ = 0x5414

export interface TerminalSize {
  readonly rows: number
  readonly columns: number
}

/**
 * Sets the size of the terminal whose master or slave `fd` is; its foreground processes get SIGWINCH. See
 * TIOCSWINSZ(2const).
 *
 * @throws {SystemCallError} If `fd` is no terminal.
 */
export function setTerminalSize(fd: number, { rows, columns }: TerminalSize): void {
  const size = Buffer.alloc(8)
  size.writeUInt16LE(rows, 0)
  size.writeUInt16LE(columns, 2)
  checked(ioctl(fd, TIOCSWINSZ, size), 'ioctl', `TIOCSWINSZ of descriptor ${fd}`)
}
