import { dirname } from 'node:path'
import { ChangeWatcher } from '../../../disk/change-watcher.ts'
import type { ProjectName } from '../../../model/names.ts'
import type { ContainerEvent, EventSelection } from '../../container-access.ts'
import { type EventRecord, eventsPath } from '../state/event-record.ts'
import { projectLayout, type Roots } from '../state/layout.ts'
import { EventFile } from './event-file.ts'
import { EventNarrator } from './event-narrator.ts'

/** The folder of a project may be made under another name of the file system than the one that is watched. */
const LOOK_MS = 1000
/** A timer of Node that is to take longer ends at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

/**
 * Yields what has happened to the containers of a project since a time, and then what happens, until another time or until
 * `signal` aborts. The project may come and go meanwhile.
 */
export async function* followEvents(
  roots: Roots,
  project: ProjectName,
  { since, until, signal }: EventSelection,
): AsyncGenerator<ContainerEvent> {
  const layout = projectLayout(roots, project)
  const path = eventsPath(layout)
  using file = new EventFile(path)
  const narrator = new EventNarrator(layout, project)
  const isWanted = ({ time }: EventRecord): boolean =>
    time >= (since ?? 0) && time <= (until ?? Number.POSITIVE_INFINITY)
  const past = file.history().toSorted((a, b) => a.time - b.time)
  for (const event of past) {
    const told = narrator.tell(event)
    if (since !== undefined && isWanted(event)) yield* told
  }
  const leftMs = until === undefined ? LONGEST_TIMER_MS : Math.min(until - Date.now(), LONGEST_TIMER_MS)
  if (leftMs <= 0) return
  const end = AbortSignal.any([signal, AbortSignal.timeout(leftMs)])
  using watcher = new ChangeWatcher()
  while (await watcher.changed(end)) {
    for (const folder of [dirname(layout.runDir), layout.runDir, path]) watcher.add(folder)
    watcher.noticeAfter(LOOK_MS)
    for (const event of file.next()) {
      const told = narrator.tell(event)
      if (isWanted(event)) yield* told
    }
  }
}
