import type { Millis } from '../../../base/millis.ts'
import { TcomposeError } from '../../../base/tcompose-error.ts'
import type { Cgroup } from '../../../linux/cgroup/cgroup.ts'
import { thawCgroup } from '../../../linux/cgroup/thaw-cgroup.ts'
import { SIGNAL_NAMES } from '../../../model/signal.ts'
import type { Action } from '../../../planner/action.ts'
import { isKept } from '../../../runtime/keeper/is-kept.ts'
import { type PidRecord, readProcessState } from '../../../runtime/keeper/process-files.ts'
import { containerCgroupOf } from '../container/container-cgroup.ts'
import { hasBlockRates } from '../container/has-block-rates.ts'
import { stopSignal } from '../container/stop-signal.ts'
import { asksForRuntime } from '../oci-runtime/asks-for-runtime.ts'
import { type ContainerLayout, containerLayout, projectLayout } from '../state/layout.ts'
import { markStopped } from '../state/mark-stopped.ts'
import { noteEvent } from '../state/note-event.ts'
import { isMarkedPaused } from '../state/pause-mark.ts'
import type { ContainerEntry } from '../state/project-record.ts'
import { type ApplyContext, entryOf } from './apply-context.ts'
import { awaitHandler } from './await-handler.ts'
import { type Ending, endContainer } from './end-container.ts'
import { SIGKILL } from './end-process.ts'
import { noteEnd } from './note-end.ts'
import { goesOn, runHooks } from './run-hooks.ts'
import { tearDownContainer } from './tear-down-container.ts'
import { throughRuntime } from './through-runtime.ts'

/** Between the stop signal and SIGKILL, where nobody says. */
export const DEFAULT_GRACE_MS = 10_000
/** A program that has run for that long without a handler for its stop signal is not about to install one. */
const STARTED_MS = 5000

/**
 * Runs the `pre_stop` hooks of a container, ends its processes, the main one first by its stop signal and after the grace
 * period by SIGKILL, and removes what it has in the kernel. A container that does not run is only cleaned up. A hook that
 * fails makes the step fail once all that is done, and nothing waits for it.
 *
 * @throws {TcomposeError} `process-survives`.
 */
export async function stopContainer(
  context: ApplyContext,
  { id, grace }: Extract<Action, { kind: 'stop-container' }>,
): Promise<void> {
  const entry = entryOf(context, id)
  if (entry === undefined) return
  await stopProcesses(context, entry, grace)
  await noteEnd(context, entry)
  const { gone } = await tearDownContainer(context, entry)
  context.tornDown.set(id, gone)
}

/**
 * Does the part of `stopContainer` that is about processes.
 *
 * @throws {TcomposeError} `process-survives`.
 */
export async function stopProcesses(
  context: ApplyContext,
  entry: ContainerEntry,
  grace: Millis | undefined,
): Promise<void> {
  const layout = containerLayout(context.roots, context.project, entry.id)
  const failure = await runPreStop(context, entry)
  markStopped(layout)
  const events = projectLayout(context.roots, context.project)
  const state = readProcessState(layout)
  if (state.kind === 'running') {
    const signal = stopSignal(context.roots, entry, context.stopSignals)
    noteEvent(events, { action: 'kill', entry, attributes: { signal: String(signal) } })
    await endRunning(context, entry, { process: state.process, signal, grace })
    noteEvent(events, { action: 'stop', entry })
  }
  if (failure !== undefined) context.doneWhen(rejected(failure))
}

/**
 * Returns the error of a hook that failed, unless the container has ended, which was wanted. A container that is paused runs
 * again first, as it would for its stop signal. Rejects when the command is interrupted: the container runs on then.
 */
async function runPreStop(context: ApplyContext, entry: ContainerEntry): Promise<TcomposeError | undefined> {
  if (entry.spec.config.preStop === undefined) return undefined
  const layout = containerLayout(context.roots, context.project, entry.id)
  const state = readProcessState(layout)
  if (state.kind !== 'running' || !isKept(state.parentPid)) return undefined
  if (isMarkedPaused(layout)) thawCgroup(cgroupOf(context, entry))
  try {
    await runHooks(context, entry, 'pre_stop')
    return undefined
  } catch (error) {
    if (context.signal.aborted || !(error instanceof TcomposeError)) throw error
    return goesOn(layout) ? error : undefined
  }
}

/** Whoever is told may look at it later. */
function rejected(error: TcomposeError): Promise<void> {
  const promise = Promise.reject(error)
  promise.catch(() => undefined)
  return promise
}

/**
 * Ends the processes of a container, the main one first by its stop signal and after the grace period by SIGKILL. One
 * that the kernel would not tell of the signal gets it once it has a handler; where nobody asked for a grace period, that
 * is waited for only while the program may be starting. Rejects when the command is interrupted in the grace period: a
 * container that has its signal then has as much time as it takes.
 *
 * @throws {TcomposeError} `process-survives`.
 */
export async function endGracefully(
  context: ApplyContext,
  entry: ContainerEntry,
  grace?: Millis,
): Promise<void> {
  const state = readProcessState(containerLayout(context.roots, context.project, entry.id))
  if (state.kind !== 'running') return
  await endRunning(context, entry, {
    process: state.process,
    signal: stopSignal(context.roots, entry, context.stopSignals),
    grace,
  })
}

/** A main process, and how it is asked to end. */
interface AskedProcess {
  readonly process: PidRecord
  readonly signal: number
  readonly grace: Millis | undefined
}

async function endRunning(
  context: ApplyContext,
  entry: ContainerEntry,
  { process, signal, grace }: AskedProcess,
): Promise<void> {
  const { roots, project } = context
  const { id, spec } = entry
  const layout = containerLayout(roots, project, id)
  const wishMs = grace ?? spec.config.stopGracePeriod
  const ending = await hearableEnding(context, layout, {
    signal,
    graceMs: wishMs ?? DEFAULT_GRACE_MS,
    startMs: wishMs ?? process.startedAt + STARTED_MS - Date.now(),
  })
  const cgroup = cgroupOf(context, entry)
  const running = await context.runningKeeper()
  const isForeign = running !== undefined && asksForRuntime(spec.config)
  const keeper = isForeign ? throughRuntime(running, { id, layout, cgroup }) : running
  const hasRates = hasBlockRates(spec.config)
  await endContainer(
    { id, name: spec.name, layout, cgroup, keeper, hasRates },
    { ...ending, cancel: context.signal },
  )
}

function cgroupOf({ tag, project, host }: ApplyContext, { id, spec }: ContainerEntry): Cgroup {
  return containerCgroupOf(host.cgroups, { tag, project, id, parent: spec.config.cgroupParent })
}

interface WantedEnding {
  readonly signal: number
  readonly graceMs: number
  /** How long a handler may take to appear. */
  readonly startMs: number
}

/** What has no handler for its stop signal is killed, since the grace period would change nothing. */
async function hearableEnding(
  { signal: cancel, warn }: ApplyContext,
  layout: ContainerLayout,
  { signal, graceMs, startMs }: WantedEnding,
): Promise<Pick<Ending, 'signal' | 'graceMs'>> {
  if (graceMs === 0) return { signal, graceMs }
  const begin = performance.now()
  const deadline = begin + Math.min(graceMs, startMs)
  if (await awaitHandler({ layout, signal, deadline, cancel })) {
    return { signal, graceMs: Math.max(0, graceMs - (performance.now() - begin)) }
  }
  const name = SIGNAL_NAMES[signal - 1] ?? `signal ${signal}`
  warn(`It was killed: as process 1 it has no handler for ${name}; "init: true" lets ${name} end it`)
  return { signal: SIGKILL, graceMs: 0 }
}
