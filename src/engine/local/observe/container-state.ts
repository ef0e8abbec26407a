import { existsSync } from 'node:fs'
import { wasOutOfMemory } from '../../../linux/cgroup/out-of-memory.ts'
import type {
  ContainerState,
  Health,
  ObservedProbes,
  ObservedRestarts,
} from '../../../model/observed-state.ts'
import { findKeeper } from '../../../runtime/keeper/find-keeper.ts'
import { isKept } from '../../../runtime/keeper/is-kept.ts'
import {
  type ExitRecord,
  type PidRecord,
  type ProcessState,
  readPidFile,
  readProcessState,
} from '../../../runtime/keeper/process-files.ts'
import { endedRun } from '../state/ended-run.ts'
import type { ContainerLayout } from '../state/layout.ts'
import { readHealthRecord, readRestartRecord } from '../state/live-files.ts'
import type { LiveRecord } from '../state/live-record.ts'
import { isPaused } from '../state/pause-mark.ts'
import { isPlanned, planRestart } from '../state/plan-restart.ts'
import type { Phase } from '../state/project-record.ts'

/** 128 and SIGKILL: how a process looks that the kernel ended for lack of memory, among others. */
const KILLED = 137

/** What is known of a container beside its files. */
export interface KnownOfContainer {
  readonly live: LiveRecord | undefined
  /** Tells whether the process that is the parent of its own is a keeper that lives. @default it is looked at */
  readonly isKeptBy?: typeof isKept
}

/** Returns what a container does at this moment, read from its files and from /proc; no other process is asked. */
export function readContainerState(
  phase: Phase,
  layout: ContainerLayout,
  { live, isKeptBy = isKept }: KnownOfContainer,
): ContainerState {
  if (phase !== 'created') return { kind: 'incomplete' }
  const state = readProcessState(layout)
  switch (state.kind) {
    case 'none':
      return { kind: 'created' }
    case 'running':
      return runningState(state, layout, isKeptBy)
    case 'lost':
      return { kind: 'exited', exitCode: undefined, finishedAt: undefined, outOfMemory: false }
    case 'ended':
      return endedState(state, layout, live)
  }
}

function runningState(
  { process: { pid, startedAt }, parentPid }: Extract<ProcessState, { kind: 'running' }>,
  layout: ContainerLayout,
  isKeptBy: typeof isKept,
): ContainerState {
  if (!isKeptBy(parentPid)) return { kind: 'orphaned', pid, startedAt }
  return { kind: 'running', pid, startedAt, ...(isPaused(layout) && { isPaused: true }) }
}

/** Returns what the probes of the last run of a container say; undefined for one without a health check. */
export function readHealth(
  layout: ContainerLayout,
  live: LiveRecord | undefined,
): (ObservedProbes & { readonly status: Health }) | undefined {
  if (live?.health === undefined) return undefined
  const process = readPidFile(layout.pid)
  return process === undefined ? UNPROBED : readHealthRecord(layout.health, process)
}

const UNPROBED = { status: 'starting', log: [], failingStreak: 0 } as const

/** Returns the starts that the policy of a container has made or planned; undefined if there are none. */
export function readRestarts(layout: ContainerLayout): ObservedRestarts | undefined {
  const { count, cause } = readRestartRecord(layout.restarts)
  return count === 0 ? undefined : { count, ...(cause && { cause }) }
}

/** How late a restart may come before it is assumed that nothing will make it. */
const RESTART_PATIENCE_MS = 5000

interface Ended {
  readonly exit: ExitRecord
  readonly process: PidRecord | undefined
}

function endedState(ended: Ended, layout: ContainerLayout, live: LiveRecord | undefined): ContainerState {
  const { exitCode, finishedAt } = ended.exit
  const outOfMemory = exitCode === KILLED && wasOutOfMemory(live?.cgroups ?? [])
  if (isRestartComing(ended, layout, live))
    return { kind: 'restarting', exitCode, finishedAt, ...(outOfMemory && { outOfMemory }) }
  return { kind: 'exited', exitCode, finishedAt, outOfMemory }
}

/** The supervisor may not have looked at the end yet; its decision follows from the same facts. */
function isRestartComing(
  { exit, process }: Ended,
  layout: ContainerLayout,
  live: LiveRecord | undefined,
): boolean {
  if (live === undefined || existsSync(layout.stopped)) return false
  const known = readRestartRecord(layout.restarts)
  const { policy, isUnhealthy } = endedRun(layout, live, process)
  const { exitCode, finishedAt } = exit
  const ranMs = process === undefined || isUnhealthy ? 0 : finishedAt - process.startedAt
  const cause = { kind: isUnhealthy ? 'unhealthy' : 'ended', exitCode, finishedAt } as const
  const { nextAt } = isPlanned(known, exit)
    ? known
    : planRestart({ policy, restarts: known, exit, ranMs, now: finishedAt, cause })
  if (nextAt === undefined || Date.now() >= nextAt + RESTART_PATIENCE_MS) return false
  return findKeeper(layout.keeperLock) !== undefined
}
