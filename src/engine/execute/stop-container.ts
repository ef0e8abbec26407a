import { writeFileSync } from 'node:fs'
import type { Action } from '../../planner/action.ts'
import { containerLayout } from '../state/layout.ts'
import { readProcessState } from '../state/process-files.ts'
import { makePrivateFolder } from '../state/record-file.ts'
import { endProcess } from './end-process.ts'
import { type ExecutionContext, entryOf } from './execution-context.ts'
import { stopSignal } from './stop-signal.ts'
import { tearDownContainer } from './tear-down-container.ts'

const DEFAULT_GRACE_MS = 10_000

/**
 * Ends a container's process, first by its stop signal and after the grace period by SIGKILL, and removes what it has
 * in the kernel. A container that does not run is only cleaned up.
 */
export async function stopContainer(
  context: ExecutionContext,
  { id, grace }: Extract<Action, { kind: 'stop-container' }>,
): Promise<void> {
  const entry = entryOf(context, id)
  if (entry === undefined) return
  const layout = containerLayout(context.roots, context.project, id)
  // From here on the restart policy leaves the container alone, so that its end is final.
  makePrivateFolder(layout.runDir)
  writeFileSync(layout.stopped, '')
  const keeper = await context.runningKeeper()
  if (keeper !== undefined && readProcessState(layout).kind === 'running') {
    const graceMs = grace ?? entry.spec.config.stopGracePeriod ?? DEFAULT_GRACE_MS
    await endProcess(keeper, { id, signal: stopSignal(context.roots, entry), graceMs })
  }
  await tearDownContainer(context, entry)
}
