import type { StepEvent } from '../../app/index.ts'
import { firstColumns } from '../../base/display-width.ts'
import type { TextOutput } from '../cli-ports.ts'
import { noticeText } from './build-progress.ts'
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
 * last one is complete and stays. A second plan continues the picture of the first. What others write to the terminal goes
 * above the picture with its next redraw.
 */
export function ttyProgress(
  title: string,
  isColored: boolean,
  { output, now, every }: TtyProgressPorts,
): ProgressView {
  const picture = new Picture(output)
  let run: { readonly tasks: ProgressTasks; readonly ended: Promise<void> } | undefined
  const writeNotice = ({ step: { action }, event }: Extract<StepEvent, { kind: 'build' }>): void => {
    if (event.kind !== 'notice' || action.kind !== 'build-image') return
    picture.writeAbove(output, `${noticeText(action.build.service, event)}\n`)
  }
  return {
    onPlan: plan => {
      const before = run?.tasks
      const earlier = before?.rows ?? []
      const own = (draw: (frame: readonly string[]) => void) => (frame: readonly string[]) => {
        if (run?.tasks === tasks) draw(frame)
      }
      const tasks: ProgressTasks = new ProgressTasks({ plan, earlier }, now(), {
        ...{ title, isColored, output, now, every },
        picture: {
          draw: own(frame => picture.draw(frame)),
          drawLast: own(frame => picture.drawLast(frame)),
        },
      })
      run = { tasks, ended: tasks.run() }
      before?.abandon()
    },
    onEvent: event => {
      run?.tasks.apply(event, now())
      if (event.kind === 'build') writeNotice(event)
    },
    onWait: holder => {
      const text = `${waitingText(holder)}\n`
      if (run === undefined) output.write(text)
      else picture.writeAbove(output, text)
    },
    onAsk: images => {
      if (run !== undefined) return
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
