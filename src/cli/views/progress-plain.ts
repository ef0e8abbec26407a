import type { Plan } from '../../app/index.ts'
import type { TextOutput } from '../cli-ports.ts'
import { type ProgressRow, ProgressRows } from './progress-rows.ts'
import { type ProgressView, waitingText } from './progress-view.ts'

/** Writes a line for each change, as ` Container shop-web-1  Started`; how far a step has come is left out. */
export function plainProgress(output: TextOutput): ProgressView {
  let rows: ProgressRows | undefined
  return {
    onPlan: (plan: Plan) => {
      rows = new ProgressRows(plan, 0)
      for (const row of rows.rows) output.write(plainLine(row))
    },
    onEvent: event => {
      if (event.kind === 'step-progress') return
      for (const row of rows?.apply(event, 0) ?? []) output.write(plainLine(row))
    },
    onWait: holder => output.write(`${waitingText(holder)}\n`),
    close: () => {},
  }
}

function plainLine({ thing, status, detail }: ProgressRow): string {
  return ` ${thing}  ${status}${detail === '' ? '' : `  ${detail}`}\n`
}
