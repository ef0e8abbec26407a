import { spawn } from 'node:child_process'
import type { TerminalProcess } from '../../../runtime/keeper/launch-terminal.ts'

/**
 * Lets a process go on without whoever launched it on a terminal. Until it ends, another process of this machine holds the
 * master and the connection, and reads what is written, so that the terminal is never full.
 */
export function leaveRunning({ master, socket }: Pick<TerminalProcess, 'master' | 'socket'>): void {
  // libuv lets the descriptors 0 to 2 of a child block; a master ends with EIO, pty(7).
  spawn('cat', {
    stdio: [master, 'ignore', 'ignore', socket],
    ...{ detached: true, cwd: '/', env: { PATH: process.env['PATH'] } },
  })
    // Without it the process ends with its terminal.
    .on('error', () => {})
    .unref()
}
