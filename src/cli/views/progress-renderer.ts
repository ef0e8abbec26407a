import {
  type ListrEventManager,
  ListrEventType,
  type ListrRenderer,
  type ListrRendererTask,
  ListrTaskEventType,
  ListrTaskState,
} from 'listr2'
import type { TextOutput } from '../cli-ports.ts'
import type { Picture } from './picture.ts'
import { progressFrame } from './progress-frame.ts'
import type { ProgressRow, RowState } from './progress-rows.ts'

export interface ProgressRendererOptions {
  /** E.g. `up`. */
  readonly title: string
  readonly isColored: boolean
  readonly picture: Pick<Picture, 'draw' | 'drawLast'>
  /** The terminal that the picture is on. */
  readonly output: TextOutput
  readonly now: () => number
  readonly every: (intervalMs: number, tick: () => void) => () => void
}

/** Only tasks with a row are drawn; the others group their subtasks. */
export interface ProgressTaskOptions {
  /** Returns what to show for the task; undefined until it begins. */
  readonly row?: () => ProgressRow | undefined
}

type RenderedTask = ListrRendererTask<typeof ProgressRenderer>

const REDRAW_MS = 100

/**
 * Draws the tasks of listr2 as a picture with one row per thing, that of the task which began last. The default
 * renderer of listr2 scrolls the terminal with each redraw if there are more tasks than lines.
 */
export class ProgressRenderer implements ListrRenderer {
  static readonly nonTTY: boolean = true
  static readonly rendererOptions: ProgressRendererOptions
  static readonly rendererTaskOptions: ProgressTaskOptions
  readonly #tasks: readonly RenderedTask[]
  readonly #options: ProgressRendererOptions
  readonly #events: ListrEventManager | undefined
  /** By thing, in the order in which things were first touched. */
  readonly #begun = new Map<string, RenderedTask>()
  #stop = (): void => {}

  constructor(tasks: RenderedTask[], options: ProgressRendererOptions, events?: ListrEventManager) {
    this.#tasks = tasks
    this.#options = options
    this.#events = events
  }

  render(): void {
    const { every, output } = this.#options
    const draw = (): void => this.#options.picture.draw(this.#frame(output.rows - 1))
    for (const task of this.#tasks) this.#follow(task)
    const stop = every(REDRAW_MS, draw)
    // Tasks with nothing to wait for are complete before the next turn of the event loop.
    let first: NodeJS.Immediate | undefined
    this.#events?.once(ListrEventType.SHOULD_REFRESH_RENDER, () => {
      first = setImmediate(draw)
    })
    this.#stop = () => {
      stop()
      clearImmediate(first)
    }
  }

  end(): void {
    this.#stop()
    this.#options.picture.drawLast(this.#frame(undefined))
  }

  #follow(task: RenderedTask): void {
    task.on(ListrTaskEventType.SUBTASK, subtasks => {
      for (const subtask of subtasks) this.#follow(subtask)
    })
    task.on(ListrTaskEventType.STATE, state => {
      if (state === ListrTaskState.STARTED && task.title !== undefined && hasRow(task))
        this.#begun.set(task.title, task)
    })
  }

  #frame(lines: number | undefined): readonly string[] {
    const { title, isColored, output, now } = this.#options
    const rows = [...this.#begun.values()].flatMap(task => rowOf(task) ?? [])
    return progressFrame(rows, { title, columns: output.columns, lines, now: now(), isColored })
  }
}

function hasRow({ rendererTaskOptions }: RenderedTask): boolean {
  return rendererTaskOptions?.row !== undefined
}

function rowOf(task: RenderedTask): ProgressRow | undefined {
  const row = task.rendererTaskOptions?.row?.()
  return row === undefined ? undefined : { ...row, state: stateOf(task) }
}

function stateOf(task: RenderedTask): RowState {
  if (task.isCompleted()) return 'done'
  if (task.hasFailed()) return 'failed'
  return task.isSkipped() ? 'skipped' : 'working'
}
