import { assertNever } from '../../../base/assert-never.ts'
import type { Millis } from '../../../base/millis.ts'
import { servicePath } from '../../../base/model-path.ts'
import { TcomposeError } from '../../../base/tcompose-error.ts'
import { ChangeWatcher, KEEPER_LOOK_MS } from '../../../disk/change-watcher.ts'
import type { ContainerState, Health } from '../../../model/observed-state.ts'
import type { WaitReason } from '../../../model/wait-reason.ts'
import type { Action } from '../../../planner/action.ts'
import { readPidFile } from '../../../runtime/keeper/process-files.ts'
import { noHealthcheck } from '../container/healthcheck-problems.ts'
import { lastLogLines } from '../log/last-log-lines.ts'
import { readContainerState, readHealth } from '../observe/container-state.ts'
import { NO_EXIT_CODE } from '../state/health-state.ts'
import { type ContainerLayout, containerLayout } from '../state/layout.ts'
import { readHealthRecord, readLiveRecord, readRestartRecord } from '../state/live-files.ts'
import { LOST_LOOK_MS, LOST_LOOKS } from '../state/lost-end.ts'
import type { ContainerEntry } from '../state/project-record.ts'
import { type ApplyContext, containerOf } from './apply-context.ts'

type AwaitService = Extract<Action, { kind: 'await-service' }>

/** Lines of a log or a probe that a failure shows. */
const SHOWN_LINES = 10

/**
 * Waits until every replica meets the condition. Where the dependency is not required, one that cannot be met any
 * more is a warning.
 *
 * @throws {TcomposeError} `container-unhealthy`, `container-exited` or `no-healthcheck`.
 */
export async function awaitService(context: ApplyContext, action: AwaitService): Promise<void> {
  try {
    await Promise.all(
      action.replicas.map(replica => awaitReplica(context, action, containerOf(context, replica))),
    )
  } catch (error) {
    if (action.required || !(error instanceof TcomposeError)) throw error
    context.warn(`optional dependency "${action.service}" failed to start: ${error.message}`)
  }
}

type WaitOutcome = 'met' | 'waiting' | 'settling' | 'lost' | TcomposeError

/** How long a service without a health check must have run: one that fails at once is not ready. */
const SETTLED_MS = 500

async function awaitReplica(
  context: ApplyContext,
  action: AwaitService,
  entry: ContainerEntry,
): Promise<void> {
  const layout = containerLayout(context.roots, context.project, entry.id)
  using watcher = new ChangeWatcher()
  watcher.add(layout.runDir)
  const { timeout } = action
  const deadline = performance.now() + (timeout ?? Number.POSITIVE_INFINITY)
  let looks = 0
  let noted = ''
  const note = (): void => {
    const reason = waitReason(action, layout)
    const text = JSON.stringify(reason)
    if (text !== noted) context.noteWait(entry.spec, reason)
    noted = text
  }
  while (await watcher.changed(context.signal)) {
    const verdict = judge(action, entry, layout)
    if (verdict === 'met') return
    if (verdict instanceof TcomposeError) throw verdict
    if (verdict === 'waiting') note()
    if (verdict === 'lost' && looks++ >= LOST_LOOKS) throw endedError(undefined, entry, layout)
    const leftMs = deadline - performance.now()
    if (timeout !== undefined && leftMs <= 0) throw notReadyInTime(entry, action.condition, timeout)
    watcher.noticeAfter(Math.min(PAUSES_MS[verdict], leftMs))
  }
  context.signal.throwIfAborted()
}

function judge(action: AwaitService, entry: ContainerEntry, layout: ContainerLayout): WaitOutcome {
  const live = readLiveRecord(layout.live)
  const state = readContainerState('created', layout, { live })
  switch (action.condition) {
    case 'service_started':
      return state.kind === 'running' ? 'met' : ended(state, entry, layout)
    case 'service_ready':
      if (isCompleted(state)) return 'met'
      if (state.kind !== 'running') return endedForGood(state, entry, layout)
      if (live?.health !== undefined) return judgeHealth(entry, layout, readHealth(layout, live)?.status)
      return judgeRunning(state.startedAt)
    case 'service_healthy':
      if (state.kind !== 'running') return ended(state, entry, layout)
      if (live?.health === undefined) return noHealthcheck(entry.spec.service, entry.spec.config.healthcheck)
      return judgeHealth(entry, layout, readHealth(layout, live)?.status)
    case 'service_completed_successfully':
      return isCompleted(state) ? 'met' : ended(state, entry, layout)
    default:
      return assertNever(action.condition)
  }
}

/** A task that has ended well is as ready as it gets. */
function isCompleted(state: ContainerState): boolean {
  return state.kind === 'exited' && state.exitCode === 0
}

/** Returns why the wait goes on that `judge` found to go on. */
function waitReason({ condition }: AwaitService, layout: ContainerLayout): WaitReason {
  const live = readLiveRecord(layout.live)
  const state = readContainerState('created', layout, { live })
  if (state.kind === 'restarting') return { kind: 'restarting', exitCode: state.exitCode }
  if (state.kind !== 'running') return { kind: 'not-started' }
  if (condition === 'service_completed_successfully') return { kind: 'running' }
  const process = readPidFile(layout.pid)
  if (process === undefined || live?.health === undefined) return { kind: 'unprobed' }
  const { failingStreak, log } = readHealthRecord(layout.health, process)
  const probe = log.at(-1)
  if (probe === undefined || probe.exitCode === 0) return { kind: 'unprobed' }
  const lines = probe.output.trimEnd().split('\n')
  return {
    kind: 'probe-failed',
    failures: failingStreak,
    retries: live.health.retries,
    output: lines.at(-1)?.trim() ?? '',
  }
}

/** When to look again without a notice: the end of a keeper changes no file. */
const PAUSES_MS = { settling: SETTLED_MS / 5, waiting: KEEPER_LOOK_MS, lost: LOST_LOOK_MS } as const

function notReadyInTime(
  { spec }: ContainerEntry,
  condition: AwaitService['condition'],
  timeout: Millis,
): TcomposeError {
  const state = condition === 'service_ready' ? 'application not healthy' : 'timeout waiting for dependencies'
  const message = `Cannot wait for container ${spec.name}: ${state} after ${timeout / 1000}s`
  return new TcomposeError('wait-timeout', message, {
    hint: `It goes on; "tcompose ps" shows how it is doing, and "tcompose logs ${spec.service}" what it says`,
    origin: servicePath(spec.service),
  })
}

/**
 * Tells whether a restart policy has started a container so often in a row that waiting for it is pointless: the
 * pauses between its starts were shorter at first, for one that fails until another service is there.
 */
function failsAgainAndAgain({ exitCode }: { readonly exitCode: number }, layout: ContainerLayout): boolean {
  return exitCode !== 0 && readRestartRecord(layout.restarts).delayMs >= HOPELESS_DELAY_MS
}

/** The pause before the eighth start in a row, after 12.7 s of pauses. */
const HOPELESS_DELAY_MS = 12_800

/** A clock that was set back makes nothing wait. */
function judgeRunning(startedAt: number): WaitOutcome {
  const ranMs = Date.now() - startedAt
  return ranMs >= 0 && ranMs < SETTLED_MS ? 'settling' : 'met'
}

function judgeHealth(
  entry: ContainerEntry,
  layout: ContainerLayout,
  health: Health | undefined,
): WaitOutcome {
  if (health === 'healthy') return 'met'
  if (health !== 'unhealthy') return 'waiting'
  const process = readPidFile(layout.pid)
  const probe = process === undefined ? undefined : readHealthRecord(layout.health, process).log.at(-1)
  const output = probe?.output.trimEnd().split('\n').slice(-SHOWN_LINES) ?? []
  return new TcomposeError(
    'container-unhealthy',
    `Cannot continue: container ${entry.spec.name} is unhealthy${probe === undefined || probe.exitCode === NO_EXIT_CODE ? '' : `, its last probe exited with ${probe.exitCode}`}`,
    {
      hint: `Run "tcompose logs ${entry.spec.service}" to see its output`,
      origin: servicePath(entry.spec.service, 'healthcheck'),
      notes: output.filter(line => line !== ''),
    },
  )
}

/** An end that a restart policy has not undone in many starts counts as final. */
function endedForGood(state: ContainerState, entry: ContainerEntry, layout: ContainerLayout): WaitOutcome {
  if (state.kind === 'restarting' && failsAgainAndAgain(state, layout))
    return endedError(state, entry, layout)
  return ended(state, entry, layout)
}

function ended(state: ContainerState, entry: ContainerEntry, layout: ContainerLayout): WaitOutcome {
  if (state.kind === 'orphaned') return 'lost'
  if (state.kind !== 'exited') return 'waiting'
  return state.exitCode === undefined ? 'lost' : endedError(state, entry, layout)
}

function endedError(
  state: Extract<ContainerState, { kind: 'exited' | 'restarting' }> | undefined,
  entry: ContainerEntry,
  layout: ContainerLayout,
): TcomposeError {
  const code = state?.exitCode === undefined ? 'an unknown code' : `code ${state.exitCode}`
  const isOutOfMemory = state?.kind === 'exited' && state.outOfMemory
  const reason = isOutOfMemory ? ', killed by its memory limit' : ''
  return new TcomposeError(
    'container-exited',
    `Cannot continue: container ${entry.spec.name} exited with ${code}${reason}`,
    {
      hint: `Run "tcompose logs ${entry.spec.service}" to see its output`,
      origin: servicePath(entry.spec.service),
      notes: lastLogLines(layout.log, SHOWN_LINES),
    },
  )
}
