import type { ProjectName } from '../../model/names.ts'
import type { ObservedContainer } from '../../model/observed-state.ts'
import type { EndOptions } from '../engine.ts'
import { ChangeWatcher, KEEPER_LOOK_MS } from '../state/change-watcher.ts'
import { containerLayout, projectLayout, type Roots } from '../state/layout.ts'
import { observeProject } from './observe-project.ts'

/** Yields containers as they end for good or lose their keeper, each run once and in the order of their ends, until the signal aborts. */
export async function* watchEnds(
  roots: Roots,
  project: ProjectName,
  { services, signal }: EndOptions,
): AsyncGenerator<ObservedContainer, void, undefined> {
  const told = new Set<string>()
  const looks = new Map<string, number>()
  using watcher = new ChangeWatcher()
  watcher.add(projectLayout(roots, project).containersRunDir)
  while (await watcher.changed(signal)) {
    // The end of a keeper changes no file.
    watcher.noticeAfter(KEEPER_LOOK_MS)
    const { containers } = observeProject(roots, project, [])
    for (const { id } of containers) watcher.add(containerLayout(roots, project, id).runDir)
    const ended = containers
      .filter(({ service }) => services.length === 0 || services.includes(service))
      .filter(({ state }) => state.kind === 'exited' || state.kind === 'orphaned')
      .toSorted((a, b) => finishedAt(a) - finishedAt(b))
    for (const container of ended) {
      const run = `${container.id} ${finishedAt(container)}`
      if (told.has(run)) continue
      // The keeper writes an end down some moments after it; only if it is gone as well does nothing come.
      if (!isWrittenDown(container) && count(looks, container.id) < LOST_LOOKS) {
        watcher.noticeAfter(LOST_LOOK_MS)
        continue
      }
      told.add(run)
      yield container
    }
  }
}

const LOST_LOOKS = 20
const LOST_LOOK_MS = 100

function isWrittenDown({ state }: ObservedContainer): boolean {
  return state.kind === 'orphaned' || (state.kind === 'exited' && state.exitCode !== undefined)
}

/** Returns how often `key` was counted, this time included. */
function count(counts: Map<string, number>, key: string): number {
  const next = (counts.get(key) ?? 0) + 1
  counts.set(key, next)
  return next
}

function finishedAt({ state }: ObservedContainer): number {
  return state.kind === 'exited' ? (state.finishedAt ?? 0) : 0
}
