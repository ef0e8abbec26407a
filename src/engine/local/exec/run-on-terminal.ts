import { ReadStream } from 'node:tty'
import { setTerminalSize } from '../../../linux/terminal-size.ts'
import { launchTerminal } from '../../../runtime/keeper/launch-terminal.ts'
import type { LaunchRequest } from '../../../runtime/launch/launch-op.ts'

/**
 * Launches a process on a terminal of its own, joins that to the terminal of this process until the process ends, and
 * returns its wait status. Ctrl-C and the like go to the process, as keys.
 *
 * @throws {LaunchFailure} With the index of the operation that failed.
 */
export async function runOnTerminal(socketPath: string, request: LaunchRequest): Promise<number> {
  const { master, connection } = launchTerminal(socketPath, request)
  using _connection = connection
  const terminal = new ReadStream(master)
  using _raw = rawMode()
  using _size = followSize(master)
  process.stdin.on('data', chunk => terminal.write(chunk))
  terminal.pipe(process.stdout, { end: false })
  // EIO is how a master ends whose last slave was closed; see pty(7).
  const drained = new Promise<void>(resolve => terminal.once('close', resolve).once('error', () => resolve()))
  const { status } = await connection.wait(request.id)
  await Promise.race([drained, new Promise(resolve => setTimeout(resolve, 100))])
  process.stdin.pause()
  terminal.destroy()
  return status
}

function rawMode(): Disposable {
  const { stdin } = process
  if (stdin.isTTY) stdin.setRawMode(true)
  return {
    [Symbol.dispose]: () => {
      if (stdin.isTTY) stdin.setRawMode(false)
      stdin.unref()
    },
  }
}

function followSize(master: number): Disposable {
  const adopt = (): void => {
    const { rows, columns } = process.stdout
    if (rows !== undefined && columns !== undefined) setTerminalSize(master, { rows, columns })
  }
  process.stdout.on('resize', adopt)
  return { [Symbol.dispose]: () => void process.stdout.off('resize', adopt) }
}
