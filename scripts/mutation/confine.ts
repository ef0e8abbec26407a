import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { openNetlink } from '../../src/linux/netlink/netlink-socket.ts'
import { changeLink } from '../../src/linux/rtnetlink/link.ts'

/** Says that this process is confined, and where it may write. */
const FOLDER = 'TCOMPOSE_MUTATE_FOLDER'

/** Mounts belong to this namespace alone, so all of it goes with the last process. */
const READ_ONLY = 'mount --bind "$1" "$1" && mount -o remount,bind,ro / && shift && exec "$@"'

/** Returns the folder that this process may write to where it is confined; undefined where it is not. */
export function confinedTo(): string | undefined {
  return process.env[FOLDER]
}

/**
 * Runs this program once more with the same arguments, where a mutant that deletes, kills or configures the wrong thing
 * reaches nothing of the host: for root with a root file system that is read-only outside `folder`, and with processes
 * and a network of its own. Returns the exit code.
 */
export async function runConfined(folder: string): Promise<number> {
  const own = [process.execPath, ...process.argv.slice(1)]
  const namespaces = ['--mount', '--pid', '--net', '--ipc', '--fork', '--kill-child', '--mount-proc']
  const [program = '', ...args] =
    process.getuid?.() === 0 ? ['unshare', ...namespaces, 'sh', '-c', READ_ONLY, 'sh', folder, ...own] : own
  const env = { ...process.env, [FOLDER]: folder, TMPDIR: folder }
  const child = spawn(program, args, { stdio: 'inherit', env })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill('SIGKILL'))
  const [code] = await once(child, 'exit')
  return code ?? 1
}

/** Lets tests talk to themselves in the network that `runConfined` made. */
export function bringLoopbackUp(): void {
  if (process.getuid?.() !== 0) return
  using socket = openNetlink('route')
  socket.send([changeLink('lo', { up: true })])
}
