import type { Plan, StepEvent, WaitReason } from '../../app/index.ts'
import { firstColumns } from '../../base/display-width.ts'

/** Columns of what a probe wrote. */
const SHOWN_COLUMNS = 120

/** Returns the services that a step waits on behalf of, in the order of the plan; none but for a wait. */
export function waitersOf({ kind, step: { id } }: StepEvent, { steps }: Plan): readonly string[] {
  if (kind !== 'step-waiting') return []
  const waiters = steps.flatMap(({ dependsOn, action }) => {
    if (!dependsOn.includes(id)) return []
    if (action.kind === 'start-container') return [action.replica.service]
    return action.kind === 'create-container' ? [action.container.service] : []
  })
  return [...new Set(waiters)]
}

/** Returns e.g. `web waits: probe 3 of 5 failed: connection refused`; without `waiters` the reason alone. */
export function waitText(reason: WaitReason, waiters: readonly string[]): string {
  const [first, ...more] = waiters
  if (first === undefined) return reasonText(reason)
  return `${waiters.join(', ')} ${more.length === 0 ? 'waits' : 'wait'}: ${reasonText(reason)}`
}

function reasonText(reason: WaitReason): string {
  switch (reason.kind) {
    case 'not-started':
      return 'it has not started yet'
    case 'restarting':
      return `it exited with code ${reason.exitCode}, and is started again`
    case 'running':
      return 'it has not ended yet'
    case 'unprobed':
      return 'its health check has not answered yet'
    case 'probe-failed': {
      const { failures, retries, output } = reason
      const which =
        failures === 0 ? 'a probe failed while it starts' : `probe ${failures} of ${retries} failed`
      return output === '' ? which : `${which}: ${firstColumns(output, SHOWN_COLUMNS)}`
    }
  }
}
