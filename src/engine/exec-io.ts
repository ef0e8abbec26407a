import type { Readable, Writable } from 'node:stream'
import type { ReplicaAddress } from '../model/names.ts'

/** What the standard streams of a process that `exec` runs lead to. */
export type ExecIo =
  /** Nothing: the process is left running. */
  { readonly kind: 'detached' } | AttachedIo

/** Streams or a terminal of the caller. */
export type AttachedIo =
  | ({ readonly kind: 'streams' } & ExecStreams)
  | ({ readonly kind: 'terminal' } & Terminal)

/** Streams of the caller, or descriptors that it has open, which cost less. None of them is closed. */
export interface ExecStreams {
  readonly stdin: number | Readable
  readonly stdout: number | Writable
  readonly stderr: number | Writable
}

/** The terminal of the caller. The process gets one of its own, of the same size, whose keys and screen these are. */
export interface Terminal {
  /** Put into raw mode for the time of the process, where it can be. */
  readonly input: Readable & {
    readonly isTTY?: boolean
    setRawMode?(isRaw: boolean): unknown
    unref?(): unknown
  }
  /** Emits `resize` when its size has changed. */
  readonly output: Writable & { readonly rows?: number; readonly columns?: number }
  /** What the keys send that leave the process running without this terminal. @default no keys do */
  readonly detachKeys?: readonly number[]
  /** Called when they were typed. What the process returns then is 0. */
  readonly onDetached?: () => void
}

/**
 * A container whose standard streams are joined to the caller's. It is killed when this is disposed of before its end, or
 * when the process that holds this ends.
 */
export interface AttachedContainer extends Disposable {
  /**
   * Passes on what it writes and what is for it to read, and resolves when it has ended and all that it wrote was passed on:
   * with its exit code, 128 and the signal's number if a signal ended it. Nothing is passed on before the call.
   */
  join(): Promise<number>
  /** Sends a signal, e.g. `SIGHUP`, to its main process; one that has ended is no failure. */
  signal(name: string): Promise<void>
}

/** Whose start is joined to streams or a terminal of the caller. */
export interface Attachment {
  readonly replica: ReplicaAddress
  readonly io: AttachedIo
  /** Called before its process is made. @default nobody is told */
  readonly onStarting?: () => void
  /** Receives the container once its process runs. */
  readonly onStarted: (container: AttachedContainer) => void
}
