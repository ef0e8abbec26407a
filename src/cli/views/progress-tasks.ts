import { Listr, type ListrTask } from 'listr2'
import type { Outcome, Plan, Step, StepEvent } from '../../app/index.ts'
import { ProgressRenderer, type ProgressRendererOptions } from './progress-renderer.ts'
import { type ProgressRow, ProgressRows } from './progress-rows.ts'
import { progressWords } from './progress-words.ts'

type ProgressTask = ListrTask<unknown, typeof ProgressRenderer>

/**
 * A run as a task list of listr2: one task per step of the plan, with a subtask per thing that the step touches.
 * Subtasks wait until the engine reports that their step has begun, and end with it.
 */
export class ProgressTasks {
  readonly #rows: ProgressRows
  readonly #steps: ReadonlyMap<number, FollowedStep>
  readonly #list: Listr<unknown, typeof ProgressRenderer>

  /** `now` and all times below are milliseconds since the epoch; `earlier` is as for `ProgressRows`. */
  constructor(
    { plan, earlier }: { readonly plan: Plan; readonly earlier: readonly ProgressRow[] },
    now: number,
    rendererOptions: ProgressRendererOptions,
  ) {
    this.#rows = new ProgressRows(plan, now, earlier)
    this.#steps = new Map(plan.steps.map(step => [step.id, new FollowedStep()]))
    const tasks = [
      ...this.#rows.rows.map(settledTask),
      ...plan.steps.map(step => stepTask(step, plan, this.#steps.get(step.id))),
    ]
    this.#list = new Listr<unknown, typeof ProgressRenderer>(tasks, {
      concurrent: true,
      exitOnError: false,
      // An interrupt cancels the run, which ends the steps; listr2 would exit the process.
      registerSignalListeners: false,
      renderer: ProgressRenderer,
      rendererOptions,
    })
  }

  get rows(): readonly ProgressRow[] {
    return this.#rows.rows
  }

  /** Shows the tasks until all have ended. */
  async run(): Promise<void> {
    await this.#list.run()
  }

  apply(event: StepEvent, now: number): void {
    const rows = this.#rows.apply(event, now)
    const step = this.#steps.get(event.step.id)
    step?.begin(rows)
    if (event.kind === 'step-finished') step?.end(event.outcome)
  }

  /** Ends the tasks that are still open, when no more events will follow. */
  abandon(): void {
    for (const step of this.#steps.values()) step.end({ kind: 'cancelled' })
  }
}

/** The progress of a step, which its tasks wait for. */
class FollowedStep {
  readonly #begun = Promise.withResolvers<boolean>()
  readonly #ended = Promise.withResolvers<Outcome>()
  readonly #rows = new Map<string, ProgressRow>()

  /** Resolves to true when the step begins, to false if the run ends before. */
  get begun(): Promise<boolean> {
    return this.#begun.promise
  }

  get ended(): Promise<Outcome> {
    return this.#ended.promise
  }

  rowOf(thing: string): ProgressRow | undefined {
    return this.#rows.get(thing)
  }

  begin(rows: readonly ProgressRow[]): void {
    for (const row of rows) this.#rows.set(row.thing, row)
    this.#begun.resolve(true)
  }

  end(outcome: Outcome): void {
    this.#begun.resolve(false)
    this.#ended.resolve(outcome)
  }
}

function stepTask(step: Step, plan: Plan, followed = new FollowedStep()): ProgressTask {
  const things = progressWords(step.action, plan).map(({ thing }) => thing)
  return {
    title: step.action.kind,
    task: (_context, task) => task.newListr(things.map(thing => thingTask(thing, followed))),
  }
}

function thingTask(thing: string, step: FollowedStep): ProgressTask {
  return {
    title: thing,
    enabled: () => step.begun,
    rendererOptions: { row: () => step.rowOf(thing) },
    task: async (_context, task) => {
      const outcome = await step.ended
      if (outcome.kind === 'failed') throw outcome.error
      if (outcome.kind !== 'done') task.skip()
    },
  }
}

/** Returns the task of a thing that no step touches. */
function settledTask(row: ProgressRow): ProgressTask {
  return {
    title: row.thing,
    rendererOptions: { row: () => row },
    task: (_context, task) => {
      if (row.state === 'skipped') task.skip()
    },
  }
}
