import type { ProjectLayout } from './layout.ts'
import { noteEvent } from './note-event.ts'
import type { ContainerEntry } from './project-record.ts'

/** A further process of a container. */
export interface NotedExec {
  readonly entry: ContainerEntry
  readonly id: string
  readonly argv: readonly string[]
}

/** Writes down, for those who follow events, that a process is started in a container; `ended` returns its exit code. */
export function noteExec(
  layout: Pick<ProjectLayout, 'runDir'>,
  { entry, id, argv }: NotedExec,
): { readonly ended: (exitCode: number) => number } {
  const execID = id.slice(id.lastIndexOf('/') + 1)
  const attributes = { execID, command: argv.join(' ') }
  noteEvent(layout, { action: 'exec_create', entry, attributes })
  noteEvent(layout, { action: 'exec_start', entry, attributes })
  return {
    ended: exitCode => {
      noteEvent(layout, { action: 'exec_die', entry, attributes: { execID, exitCode: String(exitCode) } })
      return exitCode
    },
  }
}
