import type { TextOutput } from '../cli-ports.ts'
import { type FrameOptions, progressFrame } from './progress-frame.ts'
import { ProgressRows } from './progress-rows.ts'
import { askingText, type ProgressView, waitingText } from './progress-view.ts'

export interface TtyProgressPorts {
  readonly output: TextOutput
  readonly now: () => number
  /** Calls `tick` every `intervalMs` until the returned function is called. */
  readonly every: (intervalMs: number, tick: () => void) => () => void
}

const REDRAW_MS = 100
/** Characters that wait for the next redraw at most. */
const MOST_WAITING = 64 * 1024

/**
 * Keeps one row per thing and redraws them in place. While it works it takes no more lines than the terminal has; the
 * last picture is whole and stays. What others write to the terminal goes above the picture with its next redraw.
 */
export function ttyProgress(
  title: string,
  isColored: boolean,
  { output, now, every }: TtyProgressPorts,
): ProgressView {
  const picture = new Picture(output)
  let rows: ProgressRows | undefined
  let stop: (() => void) | undefined
  const frame = (lines: number | undefined): readonly string[] => {
    const options: FrameOptions = { title, columns: output.columns, lines, now: now(), isColored }
    return progressFrame(rows?.rows ?? [], options)
  }
  const draw = (): void => picture.draw(frame(output.rows - 1))
  return {
    onPlan: plan => {
      rows = new ProgressRows(plan, now())
      draw()
      stop = every(REDRAW_MS, draw)
    },
    onEvent: event => {
      rows?.apply(event, now())
    },
    onWait: holder => output.write(`${waitingText(holder)}\n`),
    onAsk: images => {
      const text = `[+] ${title}: ${askingText(images)}`
      picture.draw([text.length < output.columns ? text : text.slice(0, output.columns - 1)])
    },
    write: (target, text) => {
      if (stop !== undefined && target.isTerminal) picture.writeAbove(target, text)
      else target.write(text)
    },
    close: () => {
      stop?.()
      stop = undefined
      if (rows === undefined) picture.erase()
      else picture.drawLast(frame(undefined))
      rows = undefined
    },
  }
}

/** Lines at the bottom of a terminal. */
class Picture {
  readonly #output: TextOutput
  #drawn = 0
  #waiting: { readonly target: TextOutput; readonly text: string }[] = []
  #waitingLength = 0
  /** What was written above has no line end yet: there is no room for a picture below. */
  #isLineOpen = false

  constructor(output: TextOutput) {
    this.#output = output
  }

  draw(frame: readonly string[]): void {
    this.#flush()
    if (frame.length === 0 || this.#isLineOpen) return
    this.#output.write(overdrawn(this.#onScreen, frame))
    this.#drawn = frame.length
  }

  drawLast(frame: readonly string[]): void {
    this.#flush()
    if (this.#isLineOpen && frame.length > 0) this.#output.write('\n')
    this.#isLineOpen = false
    this.draw(frame)
  }

  erase(): void {
    this.#flush()
    this.#clear()
  }

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

  /** A terminal that was made smaller has scrolled the rest away. */
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
