/** How long the event loop may be blocked, in milliseconds. */
const SLICE_MS = 8

/** Lets work that is done in many small steps without waiting give way to others, and end early. */
export class Pace {
  readonly #signal: AbortSignal | undefined
  #sliceEnd = performance.now() + SLICE_MS
  #steps = 0

  constructor(signal?: AbortSignal) {
    this.#signal = signal
  }

  /** Counts a step and tells whether `rest` is due. */
  step(): boolean {
    this.#steps += 1
    return this.#steps % 8 === 0 && performance.now() >= this.#sliceEnd
  }

  /** @throws {DOMException} `AbortError` if the signal has aborted. */
  async rest(): Promise<void> {
    await new Promise(resolve => setImmediate(resolve))
    this.#signal?.throwIfAborted()
    this.#sliceEnd = performance.now() + SLICE_MS
  }
}
