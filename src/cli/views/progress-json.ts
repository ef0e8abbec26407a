import type { HookLine, StepEvent } from '../../app/index.ts'
import { errorCode } from '../../base/error-codes.ts'
import type { TextOutput } from '../cli-ports.ts'
import { type ProgressRow, ProgressRows } from './progress-rows.ts'
import { type ProgressView, writeAtOnce } from './progress-view.ts'
import { containerThing } from './progress-words.ts'
import { safeJson } from './safe-text.ts'
import { rateOf, timeLeft } from './transfer.ts'

export interface JsonProgressPorts {
  readonly output: TextOutput
  readonly now: () => number
  /** Lines have `dry-run` as those of docker compose do. @default false */
  readonly isDryRun?: boolean
}

/** The progress of an image is reported once per interval, and whenever its status changes. */
const REPORT_MS = 1000

/**
 * Writes each event as one line of JSON: `plan` with the number of steps, `image-skipped`, `waiting`, `asking` with
 * images, and for each thing that a step touches the kind of the event with `step`, `action`, `thing`, `status` and,
 * where they apply, `detail`, `tookMs` and `error`. A `step-progress` has `bytesDone`, `bytesTotal`, `layersDone`,
 * `layersTotal` and, once known, `bytesPerSecond` and `secondsLeft`. A `step-waiting` has the `reason` of a wait whenever
 * it changes. A `build` has `service`, `event`, the kind of what happened, and its fields, the number of a step as
 * `buildStep`. A `hook-line` has `stream` and `text`.
 */
export function jsonProgress({ output, now, isDryRun = false }: JsonProgressPorts): ProgressView {
  const mode = isDryRun ? { 'dry-run': true } : {}
  let rows: ProgressRows | undefined
  const reported = new Map<string, { readonly at: number; readonly status: string }>()
  const write = (line: Readonly<Record<string, unknown>>): void =>
    output.write(`${safeJson({ ...mode, ...line })}\n`)
  const isReported = ({ thing, status }: ProgressRow, at: number): boolean => {
    const last = reported.get(thing)
    if (last?.status === status && at - last.at < REPORT_MS) return true
    reported.set(thing, { at, status })
    return false
  }
  return {
    onPlan: plan => {
      const earlier = rows?.rows ?? []
      rows = new ProgressRows(plan, now(), earlier)
      write({
        kind: 'plan',
        project: plan.project,
        steps: plan.steps.length,
        unchanged: plan.unchanged ?? [],
      })
      for (const { thing, status, detail } of rows.rows.slice(earlier.length)) {
        if (status === 'Skipped') write({ kind: 'image-skipped', thing, status, detail })
      }
    },
    onEvent: event => {
      const at = now()
      const changed = rows?.apply(event, at) ?? []
      if (event.kind === 'build') return write(buildFields(event))
      if (event.kind === 'hook-line') return write(hookFields(event))
      for (const row of changed) {
        if (event.kind === 'step-progress' && isReported(row, at)) continue
        write(rowFields(event, row, at))
      }
    },
    onWait: holder => write({ kind: 'waiting', holder: holder.name, command: holder.command }),
    onAsk: images => write({ kind: 'asking', images }),
    write: writeAtOnce,
    close: async () => {},
  }
}

function rowFields(event: StepEvent, row: ProgressRow, now: number): Readonly<Record<string, unknown>> {
  const { id, action } = event.step
  return {
    kind: event.kind,
    step: id,
    action: action.kind,
    thing: row.thing,
    status: row.status,
    ...(row.detail === '' ? {} : { detail: row.detail }),
    ...(event.kind === 'step-progress' ? transferFields(row, now) : {}),
    ...(event.kind === 'step-waiting' ? { reason: event.reason } : {}),
    ...ending(event),
  }
}

/** The fields of what happens in a build, with its kind as `event`. */
function buildFields({
  step: { id, action },
  event,
}: Extract<StepEvent, { kind: 'build' }>): Readonly<Record<string, unknown>> {
  const { kind, ...rest } = event
  const service = action.kind === 'build-image' ? action.build.service : undefined
  const { id: buildStep, ...others } = 'id' in rest ? rest : { ...rest, id: undefined }
  const took = event.kind === 'step-finished' ? { tookMs: Math.round(event.tookMs) } : {}
  return { kind: 'build', step: id, action: action.kind, service, event: kind, buildStep, ...others, ...took }
}

function hookFields({ kind, step, name, stream, text }: HookLine): Readonly<Record<string, unknown>> {
  const { id, action } = step
  return { kind, step: id, action: action.kind, thing: containerThing(name), stream, text }
}

function transferFields({ transfer }: ProgressRow, now: number): Readonly<Record<string, unknown>> {
  if (transfer === undefined) return {}
  const { bytesDone, bytesTotal, layersDone, layersTotal } = transfer.progress
  const isOnItsWay = bytesDone < bytesTotal
  const bytesPerSecond = isOnItsWay ? rateOf(transfer, now) : undefined
  const left = isOnItsWay ? timeLeft(transfer, now) : undefined
  return {
    bytesDone,
    bytesTotal,
    layersDone,
    layersTotal,
    ...(bytesPerSecond === undefined ? {} : { bytesPerSecond }),
    ...(left === undefined ? {} : { secondsLeft: Math.ceil(left / 1000) }),
  }
}

function ending(event: StepEvent): Readonly<Record<string, unknown>> {
  if (event.kind !== 'step-finished') return {}
  const { outcome } = event
  const tookMs = Math.round(event.tookMs)
  if (outcome.kind === 'done' && outcome.left !== undefined) return { tookMs, left: outcome.left }
  if (outcome.kind !== 'failed') return { tookMs }
  const { code, message, hint } = outcome.error
  return {
    tookMs,
    error: { code: errorCode(code), name: code, message, ...(hint === undefined ? {} : { hint }) },
  }
}
