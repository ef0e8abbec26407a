import type { HookLine, Plan, StepEvent } from '../../app/index.ts'
import { type BuildProgress, buildSummary, NO_PROGRESS, withBuildEvent } from './build-progress.ts'
import { containerThing, imageThing, type ProgressWords, progressWords } from './progress-words.ts'
import { safeLine } from './safe-text.ts'
import { type Transfer, transferredText, withReport } from './transfer.ts'
import { waitersOf, waitText } from './wait-text.ts'

/** A thing that a plan touches, and its progress. */
export interface ProgressRow {
  readonly thing: string
  readonly state: RowState
  /** E.g. `Starting`. */
  readonly status: string
  /** An error, a warning or a result, in one line. */
  readonly detail: string
  readonly startedAt: number
  /** Undefined until it ends. */
  readonly endedAt: number | undefined
  /** Of an image that is pulled or pushed. */
  readonly transfer?: Transfer
  /** Of an image that is built. */
  readonly build?: BuildProgress | undefined
}

export type RowState = 'working' | 'done' | 'failed' | 'skipped'

/** The first text is that of Docker Compose. */
const KEPT = {
  present: { state: 'done', detail: 'Image is already present locally' },
  never: { state: 'skipped', detail: 'Pull policy is "never"' },
  built: { state: 'skipped', detail: 'Image can be built' },
} as const

/** Turns the events of a run into rows. Times are milliseconds since the epoch. */
export class ProgressRows {
  readonly #rows = new Map<string, ProgressRow>()
  readonly #plan: Plan
  /** The step that began last, by thing. */
  readonly #steps = new Map<string, number>()
  /** The failed step, by each step that was skipped because of it. */
  readonly #blockers = new Map<number, number>()
  /** Waits for what need not be there, and is not. */
  readonly #unmet = new Set<number>()

  /** `earlier` are the rows of the plan before this one in the same run. */
  constructor(plan: Plan, now: number, earlier: readonly ProgressRow[] = []) {
    this.#plan = plan
    for (const row of earlier) this.#set(row)
    for (const name of plan.unchanged ?? []) {
      const thing = containerThing(name)
      const status = plan.ended?.includes(name) === true ? 'Exited' : 'Running'
      this.#set({ thing, state: 'done', status, detail: '', startedAt: now, endedAt: now })
    }
    for (const name of plan.stopped ?? []) {
      const thing = containerThing(name)
      this.#set({ thing, state: 'done', status: 'Stopped', detail: '', startedAt: now, endedAt: now })
    }
    for (const { label, reason } of plan.keptImages ?? []) {
      const row = { thing: imageThing(label), status: 'Skipped', ...KEPT[reason] }
      this.#set({ ...row, startedAt: now, endedAt: now })
    }
  }

  /** In the order in which the things were first touched. */
  get rows(): readonly ProgressRow[] {
    return [...this.#rows.values()]
  }

  /** Returns the rows that `event` changes. */
  apply(event: StepEvent, now: number): readonly ProgressRow[] {
    if (event.kind === 'hook-line') return []
    if (event.kind === 'warning' && event.step.action.kind === 'await-service') this.#unmet.add(event.step.id)
    const blocker = this.#blockerOf(event)
    return this.#wordsOf(event).map(({ thing, doing, done }) => {
      const { startedAt = now, transfer, build } = this.#rows.get(thing) ?? {}
      const isUnmet = this.#unmet.has(event.step.id)
      const words = {
        doing,
        done: isUnmet ? 'Skipped' : done,
        now,
        transfer,
        build,
        blocker,
        waiters: waitersOf(event, this.#plan),
      }
      const row = { thing, startedAt, ...rowAfter(event, words) }
      return this.#isLate(event, thing) ? row : this.#set(row)
    })
  }

  /** A wait is for one of the containers of its step. */
  #wordsOf(event: StepEvent): readonly ProgressWords[] {
    const { action } = event.step
    const words = progressWords(action, this.#plan)
    if (event.kind !== 'step-waiting' || action.kind !== 'await-service') return words
    const { service, number } = event.replica
    const index = action.replicas.findIndex(one => one.service === service && one.number === number)
    return words.slice(index, index + 1)
  }

  /** A step may be confirmed after the next one has begun; `Started` must not replace the `Waiting` of that one. */
  #isLate({ kind, step: { id } }: StepEvent, thing: string): boolean {
    if (kind === 'step-started') this.#steps.set(thing, id)
    return kind === 'step-finished' && (this.#steps.get(thing) ?? id) > id
  }

  /** Returns the things of the failed step that blocks the step of `event`, directly or through others. */
  #blockerOf({ step, ...event }: StepEvent): string {
    if (event.kind !== 'step-finished' || event.outcome.kind !== 'skipped') return ''
    const root = this.#blockers.get(event.outcome.blockedBy) ?? event.outcome.blockedBy
    this.#blockers.set(step.id, root)
    const blocker = this.#plan.steps.find(({ id }) => id === root)
    if (blocker === undefined) return ''
    return progressWords(blocker.action, this.#plan)
      .map(({ thing }) => thing)
      .join(', ')
  }

  #set(row: ProgressRow): ProgressRow {
    this.#rows.set(row.thing, row)
    return row
  }
}

interface RowWords {
  readonly doing: string
  readonly done: string
  readonly now: number
  readonly transfer: Transfer | undefined
  readonly build: BuildProgress | undefined
  /** What a skipped step depends on, e.g. `Image redis:7`. */
  readonly blocker: string
  /** Services that wait for the step. */
  readonly waiters: readonly string[]
}

function rowAfter(
  event: Exclude<StepEvent, HookLine>,
  { doing, done, now, transfer, build, blocker, waiters }: RowWords,
): Omit<ProgressRow, 'thing' | 'startedAt'> {
  const working = { state: 'working', status: doing, detail: '', endedAt: undefined } as const
  switch (event.kind) {
    case 'step-started':
      return working
    case 'build': {
      const after = withBuildEvent(build ?? NO_PROGRESS, event.event, now)
      return { ...working, build: after, detail: buildSummary(after) }
    }
    case 'step-progress': {
      const { progress } = event
      const status = progress.isAllHere ? 'Unpacking' : doing
      return { ...working, status, transfer: withReport(transfer, progress, now) }
    }
    case 'info':
    case 'warning':
      return { ...working, detail: oneLine(event.message) }
    case 'step-waiting':
      return { ...working, detail: oneLine(waitText(event.reason, waiters)) }
    case 'step-finished':
      return { ...finished(event, { done, transfer, build, blocker }), endedAt: now }
  }
}

type Finished = Extract<StepEvent, { kind: 'step-finished' }>

function finished(
  { outcome }: Finished,
  { done, transfer, build, blocker }: Pick<RowWords, 'done' | 'transfer' | 'build' | 'blocker'>,
): Pick<ProgressRow, 'state' | 'status' | 'detail'> {
  switch (outcome.kind) {
    case 'done': {
      const moved = transfer === undefined ? undefined : transferredText(transfer)
      const built = build === undefined ? '' : buildSummary(build)
      return { state: 'done', status: outcome.left ?? done, detail: moved ?? built }
    }
    case 'failed':
      return { state: 'failed', status: 'Error', detail: oneLine(outcome.error.message) }
    case 'skipped':
      return { state: 'skipped', status: 'Skipped', detail: blocker === '' ? '' : `needs ${blocker}` }
    case 'cancelled':
      return { state: 'skipped', status: 'Cancelled', detail: '' }
  }
}

function oneLine(text: string): string {
  return safeLine(text.split('\n', 1)[0]?.trim() ?? '')
}
