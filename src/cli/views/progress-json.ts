import type { StepEvent } from '../../app/index.ts'
import { errorCode } from '../../base/error-codes.ts'
import type { TextOutput } from '../cli-ports.ts'
import { ProgressRows } from './progress-rows.ts'
import type { ProgressView } from './progress-view.ts'

/**
 * Writes each event as one line of JSON: `plan` with the number of steps, `waiting`, and per thing that a step touches
 * the event's kind with `step`, `action`, `thing`, `status` and, where they apply, `detail`, `tookMs` and `error`.
 */
export function jsonProgress(output: TextOutput): ProgressView {
  let rows: ProgressRows | undefined
  const write = (line: Readonly<Record<string, unknown>>): void => output.write(`${JSON.stringify(line)}\n`)
  return {
    onPlan: plan => {
      rows = new ProgressRows(plan, 0)
      write({
        kind: 'plan',
        project: plan.project,
        steps: plan.steps.length,
        unchanged: plan.unchanged ?? [],
      })
    },
    onEvent: event => {
      for (const { thing, status, detail } of rows?.apply(event, 0) ?? []) {
        const { id, action } = event.step
        write({
          kind: event.kind,
          step: id,
          action: action.kind,
          thing,
          status,
          ...(detail === '' ? {} : { detail }),
          ...ending(event),
        })
      }
    },
    onWait: holder => write({ kind: 'waiting', pid: holder.pid, command: holder.command }),
    close: () => {},
  }
}

function ending(event: StepEvent): Readonly<Record<string, unknown>> {
  if (event.kind !== 'step-finished') return {}
  const { tookMs, outcome } = event
  if (outcome.kind !== 'failed') return { tookMs }
  const { code, message, hint } = outcome.error
  return {
    tookMs,
    error: { code: errorCode(code), name: code, message, ...(hint === undefined ? {} : { hint }) },
  }
}
