import type { Plan, StepEvent } from '../../app/index.ts'
import type { TextOutput } from '../cli-ports.ts'
import { type ProgressRow, ProgressRows } from './progress-rows.ts'
import { askingText, type ProgressView, waitingText, writeAtOnce } from './progress-view.ts'
import { safeLine } from './safe-text.ts'
import { transferParts } from './transfer.ts'

export interface PlainProgressPorts {
  readonly output: TextOutput
  readonly now: () => number
}

/** A log tells that something goes on, no more. */
const TELL_MS = 10_000

/** Writes a line for each change, as ` Container shop-web-1  Started`, and one now and then for an image on its way. */
export function plainProgress({ output, now }: PlainProgressPorts): ProgressView {
  let rows: ProgressRows | undefined
  const told = new Map<string, number>()
  const lines = new Map<string, string>()
  // Two steps of one container that are skipped for the same cause are one thing to tell.
  const write = (row: ProgressRow, at: number): void => {
    const line = plainLine(row, at)
    if (lines.get(row.thing) !== line) output.write(line)
    lines.set(row.thing, line)
  }
  const tell = (event: StepEvent, row: ProgressRow, at: number): void => {
    if (event.kind === 'step-progress' && at - (told.get(row.thing) ?? row.startedAt) < TELL_MS) return
    told.set(row.thing, at)
    write(row, at)
  }
  return {
    onPlan: (plan: Plan) => {
      rows = new ProgressRows(plan, now())
      for (const row of rows.rows) write(row, now())
    },
    onEvent: event => {
      const at = now()
      for (const row of rows?.apply(event, at) ?? []) tell(event, row, at)
    },
    onWait: holder => output.write(`${waitingText(holder)}\n`),
    onAsk: images => output.write(`${askingText(images)}\n`),
    write: writeAtOnce,
    close: async () => {},
  }
}

function plainLine({ thing, state, status, detail, transfer }: ProgressRow, now: number): string {
  const isOnItsWay = state === 'working' && transfer !== undefined && detail === ''
  const text = isOnItsWay ? transferParts(transfer, now).join(', ') : detail
  return ` ${safeLine(`${thing}  ${status}${text === '' ? '' : `  ${text}`}`)}\n`
}
