import type { LockHolder, Plan, StepEvent } from '../../app/index.ts'
import type { TextOutput } from '../cli-ports.ts'
import { safeLine } from './safe-text.ts'

/** Shows what a command does while it works. */
export interface ProgressView {
  onPlan(plan: Plan): void
  onEvent(event: StepEvent): void
  onWait(holder: LockHolder): void
  /** Registries are asked what `images` are now; the plan comes when they have answered. */
  onAsk(images: readonly string[]): void
  /** Writes `text` to `output` where it does not get in the way of what is shown: above a picture that is redrawn. */
  write(output: TextOutput, text: string): void
  /** Shows how everything ended; called once, however the command ended. `write` may be called later. */
  close(): Promise<void>
}

/** Shows nothing. */
export const quietView: ProgressView = {
  onPlan: () => {},
  onEvent: () => {},
  onWait: () => {},
  onAsk: () => {},
  write: writeAtOnce,
  close: async () => {},
}

/** `ProgressView.write` where nothing is redrawn. */
export function writeAtOnce(output: TextOutput, text: string): void {
  output.write(text)
}

/** Returns `view` without how far steps are. */
export function withoutTransfers(view: ProgressView): ProgressView {
  return {
    ...view,
    onEvent: event => {
      if (event.kind !== 'step-progress') view.onEvent(event)
    },
  }
}

/** Returns the sentence about another command that holds the project. */
export function waitingText({ pid, command }: LockHolder): string {
  return `Waiting for "${safeLine(command)}" (pid ${pid}) to finish with this project`
}

/** Returns the sentence about images whose registries are asked. */
export function askingText(images: readonly string[]): string {
  const [first, ...more] = images
  return `Asking what ${safeLine(first ?? '')} is now${more.length === 0 ? '' : `, and ${more.length} more`}`
}
