import type { TextOutput } from '../cli-ports.ts'

/** The most characters that wait for the next redraw. */
const MOST_WAITING = 64 * 1024

/**
 * Lines at the bottom of a terminal that are redrawn in place. What others write to the terminal goes above them with
 * the next redraw.
 */
export class Picture {
  readonly #output: TextOutput
  #drawn = 0
  #waiting: { readonly target: TextOutput; readonly text: string }[] = []
  #waitingLength = 0
  /** The text above has no newline at its end yet, so no picture can be drawn below it. */
  #isLineOpen = false

  constructor(output: TextOutput) {
    this.#output = output
  }

  /** Replaces what was drawn with `frame`, unless that is empty. */
  draw(frame: readonly string[]): void {
    this.#flush()
    if (frame.length === 0 || this.#isLineOpen) return
    this.#output.write(overdrawn(this.#onScreen, frame))
    this.#drawn = frame.length
  }

  /** Replaces what was drawn with `frame`, which then stays. */
  drawLast(frame: readonly string[]): void {
    this.#flush()
    if (this.#isLineOpen && frame.length > 0) this.#output.write('\n')
    this.#isLineOpen = false
    if (frame.length === 0) this.#clear()
    else this.draw(frame)
  }

  /** Writes `text` to `target` above the picture. */
  writeAbove(target: TextOutput, text: string): void {
    this.#waiting.push({ target, text })
    this.#waitingLength += text.length
    if (this.#waitingLength > MOST_WAITING) this.#flush()
  }

  #flush(): void {
    if (this.#waiting.length === 0) return
    this.#clear()
    for (const { target, text } of this.#waiting) target.write(text)
    this.#isLineOpen = this.#waiting.at(-1)?.text.endsWith('\n') === false
    this.#waiting = []
    this.#waitingLength = 0
  }

  /** The lines still on the screen: a terminal that was made smaller has scrolled the others away. */
  get #onScreen(): number {
    return Math.min(this.#drawn, Math.max(0, this.#output.rows - 1))
  }

  #clear(): void {
    if (this.#drawn > 0) this.#output.write(overdrawn(this.#onScreen, []))
    this.#drawn = 0
  }
}

/**
 * Returns what draws `frame` over the last `drawn` lines and leaves the cursor below it. Lines are cleared one by one:
 * some terminals scroll what is on the screen into their history when all of it is cleared at once.
 */
function overdrawn(drawn: number, frame: readonly string[]): string {
  const rest = Math.max(0, drawn - frame.length)
  return [
    up(drawn),
    ...frame.map(line => `${line}${CLEAR_REST}\n`),
    `${CLEAR_REST}\n`.repeat(rest),
    CLEAR_REST,
    up(rest),
  ].join('')
}

/** To the end of the line. */
const CLEAR_REST = '\u001b[K'

/** To the first column, `lines` lines up. */
function up(lines: number): string {
  return lines === 0 ? '' : `\u001b[${lines}A\r`
}
