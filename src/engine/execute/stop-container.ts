import { writeFileSync } from 'node:fs'
import type { Action } from '../../planner/action.ts'
import { parseSignal } from '../container/signals.ts'
import { imageById } from '../image/resolve-image.ts'
import type { KeeperConnection } from '../keeper/keeper-client.ts'
import { containerLayout } from '../state/layout.ts'
import { readProcessState } from '../state/process-files.ts'
import type { ContainerEntry } from '../state/project-record.ts'
import { makePrivateFolder } from '../state/record-file.ts'
import { type ExecutionContext, entryOf } from './execution-context.ts'
import { tearDownContainer } from './tear-down-container.ts'

const DEFAULT_SIGNAL = 'SIGTERM'
const DEFAULT_GRACE_MS = 10_000
const SIGKILL = 9

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
    await endProcess(keeper, { id, signal: stopSignal(context, entry), graceMs })
  }
  await tearDownContainer(context, entry)
}

interface Ending {
  readonly id: string
  readonly signal: number
  readonly graceMs: number
}

async function endProcess(keeper: KeeperConnection, { id, signal, graceMs }: Ending): Promise<void> {
  const ended = keeper.wait(id).catch(ignoreGone)
  await keeper.signal(id, signal).catch(ignoreGone)
  if (signal === SIGKILL || (await endsWithin(ended, graceMs))) return void (await ended)
  await keeper.signal(id, SIGKILL).catch(ignoreGone)
  await ended
}

async function endsWithin(ended: Promise<unknown>, graceMs: number): Promise<boolean> {
  const expired = Symbol('expired')
  let timer: NodeJS.Timeout | undefined
  const expiry = new Promise(resolve => {
    timer = setTimeout(resolve, graceMs, expired)
  })
  try {
    return (await Promise.race([ended, expiry])) !== expired
  } finally {
    clearTimeout(timer)
  }
}

/** A process that ended meanwhile is what was wanted. */
function ignoreGone(error: unknown): void {
  if (!(error instanceof Error && 'errnoName' in error && error.errnoName === 'ESRCH')) throw error
}

function stopSignal({ roots }: ExecutionContext, { spec, imageId }: ContainerEntry): number {
  const own = spec.config.stopSignal
  if (own !== undefined) return parseSignal(own)
  const image = imageId === undefined ? undefined : imageById(roots, imageId)
  return parseSignal(image?.config.stopSignal ?? DEFAULT_SIGNAL)
}
