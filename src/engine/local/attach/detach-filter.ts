/** Looks for the keys that detach a terminal in what is typed. */
export class DetachFilter {
  readonly #keys: readonly number[]
  /** How many of the keys were typed last. */
  #matched = 0

  /** @param keys The bytes of the keys; none never detach. */
  constructor(keys: readonly number[]) {
    this.#keys = keys
  }

  /** Returns what of `chunk` is for the process. Keys that may begin the sequence wait for the next ones. */
  push(chunk: Uint8Array): { readonly passed: Buffer; readonly isDetached: boolean } {
    const passed: number[] = []
    for (const byte of chunk) {
      if (byte === this.#keys[this.#matched]) {
        this.#matched += 1
        if (this.#matched === this.#keys.length) return { passed: Buffer.from(passed), isDetached: true }
        continue
      }
      passed.push(...this.#keys.slice(0, this.#matched))
      // The key that breaks the sequence may begin another.
      this.#matched = byte === this.#keys[0] ? 1 : 0
      if (this.#matched === 0) passed.push(byte)
    }
    return { passed: Buffer.from(passed), isDetached: false }
  }
}
