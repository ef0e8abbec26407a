/** A program that pulls images. It keeps what it pulled until it is disposed. */
export interface PullTool {
  readonly name: string
  /** Pulls an image of `SERVED_NAME` by its tag. Rejects if that fails. */
  readonly pull: (tag: string) => Promise<Pulled>
  /** Removes all that was pulled. */
  readonly dispose: () => Promise<void>
}

/** What a pull took. */
export interface Pulled {
  readonly ms: number
  /** Peak of resident memory; undefined where the work is done by a process that was there before. */
  readonly peakBytes: number | undefined
}
