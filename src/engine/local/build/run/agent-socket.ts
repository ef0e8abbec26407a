import { chmodSync, chownSync, closeSync, constants, openSync, rmSync } from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { basename, dirname } from 'node:path'

/** A socket in place of that of an agent, with an owner and a mode of its own. Disposal closes it. */
export interface AgentSocket extends AsyncDisposable {
  readonly path: string
}

/** A socket to make, and the agent behind it. */
export interface AgentSocketRequest {
  /** Where it is made. */
  readonly path: string
  /** The socket of the agent. */
  readonly agent: string
  readonly uid: number
  readonly gid: number
  readonly mode: number
}

/** Listens at `path` and passes every connection on to the agent. One that the agent refuses is closed. */
export async function openAgentSocket({
  path,
  agent,
  uid,
  gid,
  mode,
}: AgentSocketRequest): Promise<AgentSocket> {
  const open = new Set<Socket>()
  const server = createServer({ allowHalfOpen: true }, client => {
    const upstream = connect({ path: agent, allowHalfOpen: true })
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      open.add(socket)
      socket.on('error', () => other.destroy())
      socket.on('close', () => {
        open.delete(socket)
        other.destroySoon()
      })
    }
    client.pipe(upstream).pipe(client)
  })
  await listenAt(server, path)
  chownSync(path, uid, gid)
  chmodSync(path, mode)
  return {
    path,
    [Symbol.asyncDispose]: async () => {
      const closed = new Promise(resolve => server.close(resolve))
      for (const socket of open) socket.destroy()
      await closed
      rmSync(path, { force: true })
    },
  }
}

/** An address holds 107 bytes of path, so the socket is bound by its name in its folder. */
async function listenAt(server: Server, path: string): Promise<void> {
  const folder = openSync(dirname(path), constants.O_RDONLY | constants.O_DIRECTORY)
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(`/proc/self/fd/${folder}/${basename(path)}`, resolve)
    })
  } finally {
    closeSync(folder)
  }
}
