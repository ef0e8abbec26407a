import type { Plan, StepEvent } from '../../app/index.ts'
import type { TextOutput } from '../cli-ports.ts'
import { PlainBuilds } from './build-plain.ts'
import { type ProgressRow, ProgressRows } from './progress-rows.ts'
import { askingText, type ProgressView, waitingText, writeAtOnce } from './progress-view.ts'
import { safeLine } from './safe-text.ts'
import { transferParts } from './transfer.ts'

export interface PlainProgressPorts {
  readonly output: TextOutput
  readonly now: () => number
  /** Lines begin as those of docker compose do. @default false */
  readonly isDryRun?: boolean
}

/** Begins each line about what is not really done, as for docker compose. */
export const DRY_RUN = ' DRY-RUN MODE - '

/** In a log, a sign of life now and then is enough. */
const REPORT_MS = 10_000

/** Writes a line for each change, e.g. ` Container shop-web-1  Started`, and one every ten seconds for a transfer or a wait that goes on. */
export function plainProgress({ output, now, isDryRun = false }: PlainProgressPorts): ProgressView {
  const start = isDryRun ? DRY_RUN : ''
  let rows: ProgressRows | undefined
  const reported = new Map<string, number>()
  const lines = new Map<string, string>()
  const builds = new PlainBuilds()
  const failing = new Set<string>()
  /** The first failure of a probe is news. */
  const isFrequent = (event: StepEvent, { thing }: ProgressRow): boolean => {
    if (event.kind !== 'step-waiting') return event.kind === 'step-progress'
    const isNews = event.reason.kind === 'probe-failed' && !failing.has(thing)
    if (isNews) failing.add(thing)
    return !isNews
  }
  // Two steps of one container that are skipped for the same reason are reported once.
  const write = (row: ProgressRow, at: number): void => {
    const line = `${start}${plainLine(row, at)}`
    if (lines.get(row.thing) !== line) output.write(line)
    lines.set(row.thing, line)
  }
  const report = (event: StepEvent, row: ProgressRow, at: number): void => {
    if (isFrequent(event, row) && at - (reported.get(row.thing) ?? row.startedAt) < REPORT_MS) return
    reported.set(row.thing, at)
    write(row, at)
  }
  return {
    onPlan: (plan: Plan) => {
      rows = new ProgressRows(plan, now(), rows?.rows)
      for (const row of rows.rows) write(row, now())
    },
    onEvent: event => {
      const at = now()
      if (event.kind === 'build') {
        rows?.apply(event, at)
        output.write(buildLines(builds, event, at))
        return
      }
      for (const row of rows?.apply(event, at) ?? []) report(event, row, at)
    },
    onWait: holder => output.write(`${waitingText(holder)}\n`),
    onAsk: images => output.write(`${askingText(images)}\n`),
    write: writeAtOnce,
    close: async () => {},
  }
}

function buildLines(
  builds: PlainBuilds,
  { step: { action }, event }: Extract<StepEvent, { kind: 'build' }>,
  now: number,
): string {
  if (action.kind !== 'build-image') return ''
  return builds
    .linesOf(action.build.service, event, now)
    .map(line => `${line}\n`)
    .join('')
}

function plainLine({ thing, state, status, detail, transfer }: ProgressRow, now: number): string {
  const isInProgress = state === 'working' && transfer !== undefined && detail === ''
  const text = isInProgress ? transferParts(transfer, now).join(', ') : detail
  return ` ${safeLine(`${thing}  ${status}${text === '' ? '' : `  ${text}`}`)}\n`
}
