/** How much of what a command wrote its failure shows. */
const LINES = 12

/** Keeps the last lines of a command's output. */
export class OutputTail {
  readonly #lines: string[] = []

  add(line: string): void {
    this.#lines.push(line)
    if (this.#lines.length > LINES) this.#lines.shift()
  }

  /** Returns the lines, the oldest first. */
  get lines(): readonly string[] {
    return this.#lines
  }
}
