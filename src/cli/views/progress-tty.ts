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

/**
 * Keeps one row per thing and redraws them in place. While it works it takes no more lines than the terminal has; the
 * last picture is whole and stays.
 */
export function ttyProgress(
  title: string,
  isColored: boolean,
  { output, now, every }: TtyProgressPorts,
): ProgressView {
  let rows: ProgressRows | undefined
  let drawn = 0
  let stop: (() => void) | undefined
  const draw = (lines: number | undefined): void => {
    const options: FrameOptions = { title, columns: output.columns, lines, now: now(), isColored }
    const frame = progressFrame(rows?.rows ?? [], options)
    if (frame.length === 0) return
    output.write(`${upAndClear(drawn)}${frame.map(line => `${line}\n`).join('')}`)
    drawn = frame.length
  }
  return {
    onPlan: plan => {
      rows = new ProgressRows(plan, now())
      draw(output.rows - 1)
      stop = every(REDRAW_MS, () => draw(output.rows - 1))
    },
    onEvent: event => {
      rows?.apply(event, now())
    },
    onWait: holder => output.write(`${waitingText(holder)}\n`),
    onAsk: images => {
      const text = `[+] ${title}: ${askingText(images)}`
      output.write(`${text.length < output.columns ? text : text.slice(0, output.columns - 1)}\n`)
      drawn = 1
    },
    close: () => {
      stop?.()
      draw(undefined)
      if (rows === undefined && drawn > 0) output.write(upAndClear(drawn))
      rows = undefined
    },
  }
}

/** Goes up `lines` lines, to the first column, and clears from there to the end of the screen. */
function upAndClear(lines: number): string {
  return lines === 0 ? '' : `\u001b[${lines}A\r\u001b[J`
}
