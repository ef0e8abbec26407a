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

/** In a log, a sign of life now and then is enough. */
const REPORT_MS = 10_000

/** Writes a line for each change, e.g. ` Container shop-web-1  Started`, and one every ten seconds for a transfer. */
export function plainProgress({ output, now }: PlainProgressPorts): ProgressView {
  let rows: ProgressRows | undefined
  const reported = new Map<string, number>()
  const lines = new Map<string, string>()
  // Two steps of one container that are skipped for the same reason are reported once.
  const write = (row: ProgressRow, at: number): void => {
    const line = plainLine(row, at)
    if (lines.get(row.thing) !== line) output.write(line)
    lines.set(row.thing, line)
  }
  const report = (event: StepEvent, row: ProgressRow, at: number): void => {
    if (event.kind === 'step-progress' && at - (reported.get(row.thing) ?? row.startedAt) < REPORT_MS) return
    reported.set(row.thing, at)
    write(row, at)
  }
  return {
    onPlan: (plan: Plan) => {
      rows = new ProgressRows(plan, now())
      for (const row of rows.rows) write(row, now())
    },
    onEvent: event => {
      const at = now()
      for (const row of rows?.apply(event, at) ?? []) report(event, row, at)
    },
    onWait: holder => output.write(`${waitingText(holder)}\n`),
    onAsk: images => output.write(`${askingText(images)}\n`),
    write: writeAtOnce,
    close: async () => {},
  }
}

function plainLine({ thing, state, status, detail, transfer }: ProgressRow, now: number): string {
  const isInProgress = state === 'working' && transfer !== undefined && detail === ''
  const text = isInProgress ? transferParts(transfer, now).join(', ') : detail
  return ` ${safeLine(`${thing}  ${status}${text === '' ? '' : `  ${text}`}`)}\n`
}
