import { closeSync } from 'node:fs'
import { errnoNameOf } from '../../../base/errno-name-of.ts'
import { signalNumber } from '../../../model/signal.ts'
import { connectKeeper } from '../../../runtime/keeper/keeper-client.ts'
import type { KeeperConnection } from '../../../runtime/keeper/keeper-connection.ts'
import { keeperGone } from '../../../runtime/keeper/keeper-error.ts'
import { launchTerminal } from '../../../runtime/keeper/launch-terminal.ts'
import { exitCodeOf } from '../../../runtime/keeper/process-files.ts'
import type { LaunchRequest } from '../../../runtime/launch/launch-op.ts'
import type { AttachedContainer, AttachedIo, Terminal } from '../../engine.ts'
import { joinTerminal, sizeOf } from './run-on-terminal.ts'
import { openStreamRelay, type StreamRelay } from './stream-relay.ts'

/** What the caller's streams or terminal want of a launch, and the way to launch on them. */
export interface OpenAttachment extends Disposable {
  readonly joinedTo:
    | { readonly kind: 'streams'; readonly hasInput: boolean }
    | { readonly kind: 'terminal'; readonly rows: number; readonly columns: number }
  /**
   * Launches a container, on a connection of its own, with which it is killed.
   *
   * @throws {LaunchFailure} With the index of the operation that failed.
   */
  launch(socketPath: string, request: LaunchRequest): Promise<AttachedContainer>
}

/** Opens what a container needs to be joined to `io`; a container that was launched keeps it when this is disposed of. */
export function openAttachment(io: AttachedIo): OpenAttachment {
  return io.kind === 'terminal' ? terminalAttachment(io) : streamAttachment(openStreamRelay(io))
}

function terminalAttachment(io: Terminal): OpenAttachment {
  return {
    joinedTo: { kind: 'terminal', ...sizeOf(io) },
    launch: async (socketPath, request) => {
      const { master, connection, socket } = launchTerminal(socketPath, request)
      let isJoined = false
      return {
        join: async () => {
          isJoined = true
          const status = await joinTerminal({ master, connection, socket }, request.id, io)
          if (status === undefined) io.onDetached?.()
          return status === undefined ? 0 : exitCodeOf(status)
        },
        signal: name => signal(connection, request.id, name),
        [Symbol.dispose]: () => {
          connection.close()
          if (!isJoined) closeSync(master)
        },
      }
    },
    [Symbol.dispose]: () => {},
  }
}

function streamAttachment(relay: StreamRelay): OpenAttachment {
  const owned = new DisposableStack()
  owned.use(relay)
  return {
    joinedTo: { kind: 'streams', hasInput: relay.pipes.includes(0) },
    launch: async (socketPath, request) => {
      const connection = await connectKeeper(socketPath)
      if (connection === undefined) throw keeperGone()
      owned.use(connection)
      await connection.launch(request, relay.fds)
      const all = owned.move()
      return {
        join: async () => {
          relay.started()
          const { status } = await connection.wait(request.id)
          await relay.finish()
          return exitCodeOf(status)
        },
        signal: name => signal(connection, request.id, name),
        [Symbol.dispose]: () => all.dispose(),
      }
    },
    [Symbol.dispose]: () => owned.dispose(),
  }
}

async function signal(connection: KeeperConnection, id: string, name: string): Promise<void> {
  const number = signalNumber(name)
  if (number === undefined) throw new Error(`Cannot send ${name}: there is no such signal`)
  try {
    await connection.signal(id, number)
  } catch (error) {
    if (errnoNameOf(error) !== 'ESRCH') throw error
  }
}
