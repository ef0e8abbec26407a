import type { ContainerState, Health } from '../../model/observed-state.ts'
import { wasOutOfMemory } from '../cgroup/out-of-memory.ts'
import type { ContainerLayout } from '../state/layout.ts'
import { readHealthRecord, readRestartRecord } from '../state/live-files.ts'
import type { LiveRecord } from '../state/live-record.ts'
import { type ExitRecord, readPidFile, readProcessState } from '../state/process-files.ts'
import type { Phase } from '../state/project-record.ts'
import { readIfPresent } from '../state/record-file.ts'

/** 128 and SIGKILL: how a process looks that the kernel ended for lack of memory, among others. */
const KILLED = 137

/** Returns what a container does at this moment, read from its files and from /proc; no other process is asked. */
export function readContainerState(
  phase: Phase,
  layout: ContainerLayout,
  live: LiveRecord | undefined,
): ContainerState {
  if (phase !== 'created') return { kind: 'incomplete' }
  const state = readProcessState(layout)
  switch (state.kind) {
    case 'none':
      return { kind: 'created' }
    case 'running':
      return { kind: 'running', pid: state.process.pid, startedAt: state.process.startedAt }
    case 'lost':
      return { kind: 'exited', exitCode: undefined, finishedAt: undefined, outOfMemory: false }
    case 'ended':
      return endedState(state.exit, layout, live)
  }
}

/** Returns what the probes of a running container say; undefined for one without a health check. */
export function readHealth(layout: ContainerLayout, live: LiveRecord | undefined): Health | undefined {
  if (live?.health === undefined) return undefined
  const process = readPidFile(layout.pid)
  return process === undefined ? 'starting' : readHealthRecord(layout.health, process).status
}

function endedState(exit: ExitRecord, layout: ContainerLayout, live: LiveRecord | undefined): ContainerState {
  const { exitCode, finishedAt } = exit
  if (
    readIfPresent(layout.stopped) === undefined &&
    readRestartRecord(layout.restarts).nextAt !== undefined
  ) {
    return { kind: 'restarting', exitCode, finishedAt }
  }
  const outOfMemory = exitCode === KILLED && wasOutOfMemory(live?.cgroups ?? [])
  return { kind: 'exited', exitCode, finishedAt, outOfMemory }
}
