import { closeSync, type FSWatcher, watch } from 'node:fs'
import type { Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { loadBulkCalls } from '../linux/bulk-calls.ts'
import { duplicateDescriptor } from '../linux/duplicate-descriptor.ts'
import { useBulkCalls } from '../linux/small-file.ts'
import { adoptCaller, leaveCaller } from './adopt-caller.ts'
import type { WarmStatus } from './ask-warm-process.ts'
import type { Caller } from './caller.ts'
import { likenessOf } from './caller-likeness.ts'
import { type Holdings, holdings, leftovers } from './leftovers.ts'
import { MemoryWatch } from './memory-watch.ts'
import { exitReply, GO, REPLY } from './protocol.ts'
import { type CommandCall, type ReceivedCall, receiveCall } from './receive-call.ts'
import { RemoteSignals } from './remote-signals.ts'
import { listenAt } from './warm-socket.ts'

/** A command that is to run as in a process of its own: the environment and the folder are its caller's. */
export interface WarmCommand extends CommandCall {
  readonly signals: RemoteSignals
  /** Returns another descriptor, close-on-exec, of the same open file; the caller owns it. */
  readonly duplicate: (descriptor: number) => number
}

export interface ServeOptions {
  readonly socket: string
  /** The real path of the package. */
  readonly root: string
  /** Tells whether the package is still the one that this process was started from. */
  readonly isCurrent: () => boolean
  /** Tells whether a command may run here. */
  readonly takes: (call: CommandCall) => boolean
  /** Runs a command and returns its exit code, with everything written. */
  readonly run: (command: WarmCommand) => Promise<number>
  /** Ends the process after so long without a command. */
  readonly idleMs: number
  /** Ends the process when this is not there any more. @default nothing is needed */
  readonly needs?: Need | undefined
  /** Ends the process when it is idle. */
  readonly signal: AbortSignal
}

/** Something that may come and go with what is in a folder. */
export interface Need {
  readonly folder: string
  readonly isThere: () => boolean
}

/**
 * Runs the commands of callers that are like this process, one at a time; whoever comes meanwhile is refused and runs its
 * command itself. Resolves when nobody has come for long, `signal` aborts, the package has been replaced, or a command has
 * left something behind: what is not sure to be as before does not go on.
 *
 * @throws {Error} If the socket cannot be made.
 */
export async function serveWarm(options: ServeOptions): Promise<void> {
  await new WarmServer(options).run()
}

/** What a command leaves is gone shortly after it, unless it stays. */
const SETTLING_MS = 200
/** The answer of a front comes at once. */
const PATIENCE_MS = 500

class WarmServer {
  readonly #options: ServeOptions
  readonly #ended = Promise.withResolvers<void>()
  readonly #startedAt = Date.now()
  readonly #likeness = likenessOf('self')
  readonly #memory = new MemoryWatch()
  #idle: Holdings | undefined
  #isBusy = false
  #isEnding = false
  #commands = 0
  #connections = 0
  #timer: NodeJS.Timeout | undefined

  constructor(options: ServeOptions) {
    this.#options = options
  }

  async run(): Promise<void> {
    const { socket, signal } = this.#options
    useBulkCalls(loadBulkCalls())
    const listener = await listenAt(socket, connection => {
      this.#connections += 1
      connection.once('close', () => {
        this.#connections -= 1
      })
      // After a failure nothing is sure to be as before.
      this.#answer(connection).catch(() => {
        connection.destroy()
        this.#end()
      })
    })
    try {
      leaveCaller()
      using _need = this.#watchNeed()
      signal.addEventListener('abort', () => this.#end(), { once: true })
      this.#wait()
      this.#idle = holdings()
      await this.#ended.promise
    } finally {
      listener.close()
      clearTimeout(this.#timer)
    }
  }

  #watchNeed(): Disposable {
    let watcher: FSWatcher | undefined
    const check = (): void => {
      if (!this.#isNeeded()) this.#end()
    }
    try {
      if (this.#options.needs !== undefined) watcher = watch(this.#options.needs.folder, check)
    } catch {
      // The folder is gone, or no more watches may be made: then a command is what tells.
    }
    // A folder that is removed itself cannot be watched.
    watcher?.on('error', () => this.#end())
    check()
    return { [Symbol.dispose]: () => watcher?.close() }
  }

  #isNeeded(): boolean {
    return this.#options.needs?.isThere() ?? true
  }

  async #answer(connection: Socket): Promise<void> {
    const call = await receiveCall(connection)
    if (call === undefined) return
    const { caller, header, command } = call
    if (command !== undefined) await this.#offer(call, command)
    else if (header.kind === 'describe') await caller.end(JSON.stringify(this.#status()))
    else {
      this.#end()
      await caller.end('')
    }
  }

  async #offer({ caller, pid }: ReceivedCall, call: CommandCall): Promise<void> {
    using streams = new Streams(call.streams)
    if (!this.#isBusy && !this.#isEnding && this.#suits(pid, call)) await this.#begin(caller, call, streams)
    caller.refuse()
  }

  #suits(pid: number, call: CommandCall): boolean {
    const { root, isCurrent, takes } = this.#options
    if (call.root === root && !isCurrent()) this.#end()
    return !this.#isEnding && call.root === root && takes(call) && likenessOf(pid) === this.#likeness
  }

  async #begin(caller: Caller, call: CommandCall, streams: Streams): Promise<void> {
    this.#isBusy = true
    clearTimeout(this.#timer)
    try {
      caller.send(REPLY.accepted)
      const answer = await caller.take(1, AbortSignal.timeout(PATIENCE_MS))
      if (answer?.toString('latin1') === GO) await this.#run(caller, call, streams)
    } finally {
      this.#isBusy = false
      this.#wait()
    }
  }

  async #run(caller: Caller, call: CommandCall, streams: Streams): Promise<void> {
    this.#commands += 1
    const signals = new RemoteSignals(caller)
    try {
      adoptCaller(call.environment, call.workingDirectory)
      const exitCode = await this.#options.run({ ...call, signals, duplicate: duplicateDescriptor })
      // Whoever reads what the command wrote must not wait longer than for the front.
      streams[Symbol.dispose]()
      signals.dispose()
      if (!this.#isNeeded()) this.#end()
      // The front outlives a process that ends with its command: nothing is left behind it then.
      if (this.#isEnding) caller.send(REPLY.last)
      await caller.end(exitReply(exitCode))
    } finally {
      signals.dispose()
      leaveCaller()
    }
  }

  #status(): WarmStatus {
    return {
      pid: process.pid,
      startedAt: this.#startedAt,
      commands: this.#commands,
      residentBytes: process.memoryUsage.rss(),
      withProjects: this.#options.needs !== undefined,
    }
  }

  /** Begins to wait for the next command. */
  #wait(): void {
    if (this.#isEnding) this.#ended.resolve()
    else {
      this.#timer = setTimeout(() => this.#end(), this.#options.idleMs)
      if (this.#commands > 0) void this.#settle(this.#commands)
    }
  }

  async #settle(commands: number): Promise<void> {
    // Whoever calls at that moment is not a leftover.
    do {
      await delay(SETTLING_MS)
      if (this.#isBusy || this.#commands !== commands || this.#idle === undefined) return
    } while (this.#connections > 0)
    if (leftovers(holdings(), this.#idle).length > 0) this.#end()
    else this.#memory.tidy()
  }

  /** Ends the process once it is idle. */
  #end(): void {
    this.#isEnding = true
    if (!this.#isBusy) this.#ended.resolve()
  }
}

/** The standard streams of a caller, which are closed once. */
class Streams implements Disposable {
  #open: readonly number[]

  constructor(streams: readonly number[]) {
    this.#open = streams
  }

  [Symbol.dispose](): void {
    for (const stream of this.#open) closeSync(stream)
    this.#open = []
  }
}
