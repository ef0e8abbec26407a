import { closeSync, mkdirSync, openSync, rmSync, statSync } from 'node:fs'
import { connect as connectTo, createServer, type Server, type Socket } from 'node:net'
import { basename, dirname } from 'node:path'

/** A socket that listens at a path, until it is closed. */
export interface WarmListener {
  readonly server: Server
  /** Stops listening, and removes the file unless another process has put its own there. */
  close(): void
}

/**
 * Listens at `path` for connections of which nothing is read yet. Only this user can connect.
 *
 * @throws {Error} If the file cannot be made, with EADDRINUSE if somebody listens there.
 */
export async function listenAt(path: string, onConnection: (socket: Socket) => void): Promise<WarmListener> {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  if (!(await isAnswered(path))) rmSync(path, { force: true })
  const server = createServer({ pauseOnConnect: true }, onConnection)
  const mask = process.umask(0o177)
  try {
    await withShortPath(path, async shortPath => {
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      server.once('error', reject).listen(shortPath, resolve)
      await promise
    })
  } finally {
    process.umask(mask)
  }
  const { ino } = statSync(path)
  return {
    server,
    close: () => {
      server.close()
      if (statSync(path, { throwIfNoEntry: false })?.ino === ino) rmSync(path, { force: true })
    },
  }
}

/** Connects to the socket at `path`; undefined if nobody listens there. */
export async function connectAt(path: string): Promise<Socket | undefined> {
  try {
    return await withShortPath(path, shortPath => {
      const { promise, resolve, reject } = Promise.withResolvers<Socket>()
      const socket = connectTo(shortPath, () => resolve(socket)).once('error', reject)
      return promise
    })
  } catch {
    return undefined
  }
}

async function isAnswered(path: string): Promise<boolean> {
  const socket = await connectAt(path)
  socket?.destroy()
  return socket !== undefined
}

/** A socket's address holds 107 bytes; see unix(7). */
async function withShortPath<T>(path: string, use: (shortPath: string) => Promise<T>): Promise<T> {
  const folder = openSync(dirname(path), 'r')
  try {
    return await use(`/proc/self/fd/${folder}/${basename(path)}`)
  } finally {
    closeSync(folder)
  }
}
