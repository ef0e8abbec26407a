import { mkdtempSync, rmSync } from 'node:fs'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { connectUnixSocket } from '../../src/linux/unix-socket.ts'
import { listenAt } from '../../src/warm/warm-socket.ts'

/** Both ends of a connection to a warm process, until the test has finished. */
export interface WarmConnection {
  /** A blocking descriptor, which the test closes. */
  readonly front: number
  /** Nothing is read of it yet. */
  readonly server: Socket
}

/** Connects to a socket that no process serves. */
export async function warmConnection(): Promise<WarmConnection> {
  const folder = mkdtempSync(join(tmpdir(), 'tc-warm-connection-'))
  const path = join(folder, 'socket')
  const { promise, resolve } = Promise.withResolvers<Socket>()
  const listener = await listenAt(path, resolve)
  onTestFinished(async () => {
    listener.close()
    ;(await promise).destroy()
    rmSync(folder, { recursive: true })
  })
  const front = connectUnixSocket(path) ?? -1
  return { front, server: await promise }
}
