import type { Readable, Writable } from 'node:stream'

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
}
