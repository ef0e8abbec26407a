import { firstColumns } from '../../base/display-width.ts'
import type { TextOutput } from '../cli-ports.ts'
import { Picture } from './picture.ts'
import { ProgressTasks } from './progress-tasks.ts'
import { askingText, type ProgressView, waitingText } from './progress-view.ts'

export interface TtyProgressPorts {
  readonly output: TextOutput
  readonly now: () => number
  /** Calls `tick` every `intervalMs` until the returned function is called. */
  readonly every: (intervalMs: number, tick: () => void) => () => void
}

/**
 * Shows one row per thing and redraws them in place. During the run the picture is never higher than the terminal; the
 * last one is complete and stays. What others write to the terminal goes above the picture with its next redraw.
 */
export function ttyProgress(
  title: string,
  isColored: boolean,
  { output, now, every }: TtyProgressPorts,
): ProgressView {
  const picture = new Picture(output)
  let run: { readonly tasks: ProgressTasks; readonly ended: Promise<void> } | undefined
  return {
    onPlan: plan => {
      const tasks = new ProgressTasks(plan, now(), { title, isColored, picture, output, now, every })
      run = { tasks, ended: tasks.run() }
    },
    onEvent: event => run?.tasks.apply(event, now()),
    onWait: holder => output.write(`${waitingText(holder)}\n`),
    onAsk: images => {
      picture.draw([firstColumns(`[+] ${title}: ${askingText(images)}`, output.columns - 1)])
    },
    write: (target, text) => {
      if (run !== undefined && target.isTerminal) picture.writeAbove(target, text)
      else target.write(text)
    },
    close: async () => {
      if (run === undefined) picture.drawLast([])
      run?.tasks.abandon()
      await run?.ended
      run = undefined
    },
  }
}
