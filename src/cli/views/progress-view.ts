import type { LockHolder, Plan, StepEvent } from '../../app/index.ts'

/** Shows what a command does while it works. */
export interface ProgressView {
  onPlan(plan: Plan): void
  onEvent(event: StepEvent): void
  onWait(holder: LockHolder): void
  /** Leaves the terminal as others expect it; called once, however the command ended. */
  close(): void
}

/** Shows nothing. */
export const quietView: ProgressView = {
  onPlan: () => {},
  onEvent: () => {},
  onWait: () => {},
  close: () => {},
}

/** Returns the sentence about another command that holds the project. */
export function waitingText({ pid, command }: LockHolder): string {
  return `Waiting for "${command}" (pid ${pid}) to finish with this project`
}
