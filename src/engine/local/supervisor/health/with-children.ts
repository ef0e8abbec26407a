import { killChildren } from '../../../../linux/kill-children.ts'
import type { KeeperPort } from '../keeper-port.ts'

const SIGKILL = 9

/**
 * Returns `keeper` for one probe of a container that an OCI runtime runs: what runs in the container is a child of the
 * runtime's process, and ends with it.
 */
export function withChildren(
  keeper: Pick<KeeperPort, 'launch' | 'signal' | 'wait'>,
  kill: (parent: number) => void = killChildren,
): Pick<KeeperPort, 'launch' | 'signal' | 'wait'> {
  let pid: number | undefined
  return {
    launch: async (request, fds) => {
      const launched = await keeper.launch(request, fds)
      pid = launched.pid
      return launched
    },
    signal: async (id, signal) => {
      if (signal === SIGKILL && pid !== undefined) kill(pid)
      return await keeper.signal(id, signal)
    },
    wait: id => keeper.wait(id),
  }
}
