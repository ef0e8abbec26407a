import { closeSync } from 'node:fs'
import { Socket } from 'node:net'
import { errnoNameOf } from '../../../../base/errno-name-of.ts'
import { sendDescriptors, unixSocketPair } from '../../../../linux/unix-socket.ts'
import { encodeLaunchRequest } from '../../../../runtime/keeper/launch-request.ts'
import { WireWriter } from '../../../../runtime/keeper/wire-writer.ts'
import type { Clock } from '../clock.ts'
import { openNull } from '../health/output-pipe.ts'
import type { KeeperPort } from '../keeper-port.ts'
import { type Order, type Report, readReports, writeOrder } from './orders.ts'

/** A native/names that runs, or has just ended. */
export interface ServerProcess extends EntrustedServer {
  /** Everything that it was told has been sent, and nothing of what it has reported is half read. */
  readonly isSettled: boolean
  /** Tells it; what is told before is read before. `fds` are closed once they are sent, or cannot be. */
  send(orders: readonly Order[], fds?: readonly number[]): void
  /** Closes `fd`. It ends if nobody else has that end of the line: containers that ask wait for the next. */
  end(): void
}

/** What a supervisor needs to go on with a program that another one has started. */
export interface EntrustedServer {
  /** The keeper's name of it. */
  readonly id: string
  /** The owner's end of the line. */
  readonly fd: number
}

/** What is done about a running program. */
export interface ServerHooks {
  readonly onReport: (report: Report) => void
  /** Called once when it has ended and was not told to. */
  readonly onEnd: () => void
}

interface ServerContext extends ServerHooks {
  readonly keeper: Pick<KeeperPort, 'launch' | 'wait'>
  readonly clock: Clock
}

export interface ServerProgram extends ServerContext {
  /** Path of the program. */
  readonly program: string
  /** Tells whoever looks at processes whose it is. */
  readonly runDir: string
}

let started = 0

/**
 * Has the keeper start the program that answers DNS. It outlives this process if another one, such as the keeper, has a duplicate of
 * its line; without any it ends.
 *
 * @throws {LaunchFailure} If it cannot be started.
 */
export async function startServerProcess({
  program,
  runDir,
  ...context
}: ServerProgram): Promise<ServerProcess> {
  const id = `${SERVER_ID}${process.pid}/${context.clock.now()}/${++started}`
  const request = encodeLaunchRequest({
    ...{ id, kind: 'auxiliary', killOnHangup: false, stdinOpen: false, cloneFlags: 0 },
    ...{ join: undefined, cgroup: undefined, stateDir: undefined, logPath: undefined },
    program: [
      {
        op: { op: 'exec', candidates: [program], argv: [program, runDir], environment: [] },
        purpose: 'start the name server',
        optional: false,
        origin: undefined,
      },
    ],
  })
  const [own, its] = unixSocketPair('stream')
  const output = openNull()
  try {
    await context.keeper.launch(request, [its, output, STDERR])
  } catch (error) {
    closeSync(own)
    throw error
  } finally {
    closeSync(its)
    closeSync(output)
  }
  return connected({ id, fd: own }, context)
}

/** How the keeper's names of these programs start. */
export const SERVER_ID = 'names/'
const STDERR = 2

/** Goes on with a program that an earlier supervisor has started: it forgets what it was told, and owns `taken.fd` then. */
export function takeServerProcess(taken: EntrustedServer, context: ServerContext): ServerProcess {
  const running = connected(taken, context)
  running.send([{ kind: 'reset' }])
  return running
}

function connected(
  { id, fd }: EntrustedServer,
  { keeper, clock, onReport, onEnd }: ServerContext,
): ServerProcess {
  const line = new OwnerLine(fd, clock, onReport)
  const hasEnded = () => {
    const wasOpen = line.isOpen
    line.close()
    if (wasOpen) onEnd()
  }
  keeper.wait(id).then(hasEnded, error => {
    // Of its end somebody else has heard. Without a keeper there is nothing to be done.
    if (errnoNameOf(error) === 'ESRCH') hasEnded()
  })
  return {
    ...{ id, fd },
    get isSettled() {
      return line.isSettled
    },
    send: (orders, fds = []) => line.send(orders, fds),
    end: () => line.close(),
  }
}

/** Where a full buffer of the kernel is looked at again. */
const RETRY_MS = 2

interface Piece {
  readonly data: Buffer
  readonly fds: readonly number[]
}

/** The owner's end of the line. */
class OwnerLine {
  readonly #fd: number
  readonly #clock: Clock
  readonly #socket: Socket
  readonly #pieces: Piece[] = []
  #isPaused = false
  #rest: Buffer = Buffer.alloc(0)
  isOpen = true

  get isSettled(): boolean {
    return this.isOpen && this.#pieces.length === 0 && this.#rest.length === 0
  }

  constructor(fd: number, clock: Clock, onReport: (report: Report) => void) {
    this.#fd = fd
    this.#clock = clock
    this.#socket = new Socket({ fd })
    // The end of the program is what tells that it is over.
    this.#socket.on('error', () => {})
    this.#socket.on('data', chunk => {
      const { reports, rest } = readReports(Buffer.concat([this.#rest, chunk]))
      this.#rest = rest
      for (const report of reports) onReport(report)
    })
    this.#socket.unref()
  }

  send(orders: readonly Order[], fds: readonly number[]): void {
    const writer = new WireWriter()
    for (const order of orders) writeOrder(writer, order)
    this.#pieces.push({ data: writer.finish(), fds })
    if (this.isOpen) this.#flush()
    else this.#drop()
  }

  close(): void {
    if (!this.isOpen) return
    this.isOpen = false
    this.#drop()
    this.#socket.destroy()
  }

  #flush(): void {
    try {
      while (!this.#isPaused && this.isOpen) {
        const [first] = this.#pieces
        if (first === undefined) return
        const sent = sendDescriptors(this.#fd, first.data, first.fds)
        if (sent === 0) this.#pause()
        else this.#hasSent(first, sent)
      }
    } catch {
      // Nobody reads: the program has ended, or is about to.
      this.#drop()
    }
  }

  /** Descriptors go with the first byte. */
  #hasSent({ data, fds }: Piece, sent: number): void {
    for (const fd of fds) closeSync(fd)
    if (sent === data.length) this.#pieces.shift()
    else this.#pieces[0] = { data: data.subarray(sent), fds: [] }
  }

  #pause(): void {
    this.#isPaused = true
    this.#clock.after(RETRY_MS, () => {
      this.#isPaused = false
      this.#flush()
    })
  }

  #drop(): void {
    for (const { fds } of this.#pieces.splice(0)) for (const fd of fds) closeSync(fd)
  }
}
