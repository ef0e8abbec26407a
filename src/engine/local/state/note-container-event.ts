import type { ContainerId, ProjectName } from '../../../model/names.ts'
import { projectLayout, type Roots } from './layout.ts'
import { type NotedEvent, noteEvent } from './note-event.ts'
import { readProjectRecord } from './project-record.ts'

/** Does what `noteEvent` does for whoever knows a container by its id. */
export function noteContainerEvent(
  {
    roots,
    project,
    container,
  }: { readonly roots: Roots; readonly project: ProjectName; readonly container: ContainerId },
  event: Omit<NotedEvent, 'entry'>,
): void {
  const layout = projectLayout(roots, project)
  const entry = readProjectRecord(layout.record, project).containers.get(container)
  if (entry !== undefined) noteEvent(layout, { ...event, entry })
}
