import type { LockHolder, Plan, StepEvent } from '../../app/index.ts'
import type { TextOutput } from '../cli-ports.ts'
import { safeLine } from './safe-text.ts'

/** Shows the progress of a command. */
export interface ProgressView {
  /** A run that builds images has two plans: that of the builds, and what follows from their images. */
  onPlan(plan: Plan): void
  onEvent(event: StepEvent): void
  onWait(holder: LockHolder): void
  /** Registries are queried for `images`; the plan follows their answers. */
  onAsk(images: readonly string[]): void
  /** Writes `text` to `output` without damage to what is shown: above a picture that is redrawn. */
  write(output: TextOutput, text: string): void
  /** Shows the final state; called once, whether or not the command succeeded. `write` may be called later. */
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

/** Returns `view` without what happens within steps of some kinds: `step-progress` of transfers, `build` of builds. */
export function without(view: ProgressView, kinds: readonly ('step-progress' | 'build')[]): ProgressView {
  const left: ReadonlySet<StepEvent['kind']> = new Set(kinds)
  return {
    ...view,
    onEvent: event => {
      if (!left.has(event.kind)) view.onEvent(event)
    },
  }
}

/** Returns the message about another command that holds the project. */
export function waitingText({ name, command }: LockHolder): string {
  return `Waiting for "${safeLine(command)}" (${safeLine(name)}) to finish with this project`
}

/** Returns the message about images that are looked up in their registries. */
export function askingText(images: readonly string[]): string {
  const [first, ...more] = images
  return `Checking the registry for ${safeLine(first ?? '')}${more.length === 0 ? '' : ` and ${more.length} more`}`
}
