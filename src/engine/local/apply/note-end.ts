import { readProcessState } from '../../../runtime/keeper/process-files.ts'
import { REST_PREFIX } from '../network/held-sockets.ts'
import { endEvent } from '../state/end-event.ts'
import { EventLog } from '../state/event-log.ts'
import { eventsPath } from '../state/event-record.ts'
import { containerLayout } from '../state/layout.ts'
import type { ContainerEntry } from '../state/project-record.ts'
import type { ApplyContext } from './apply-context.ts'

/**
 * Writes down the end of a container for a supervisor that rests: what tells of it may be gone before it has been woken. One that is at
 * work sees the end itself.
 */
export async function noteEnd(context: ApplyContext, { id, spec }: ContainerEntry): Promise<void> {
  const keeper = await context.runningKeeper()
  if (keeper?.hasEnded !== false || (await keeper.held(REST_PREFIX)).length === 0) return
  const state = readProcessState(containerLayout(context.roots, context.project, id))
  if (state.kind !== 'ended') return
  const { service, number, name } = spec
  try {
    new EventLog(eventsPath(context.layout)).append(endEvent({ id, service, number, name }, state))
  } catch {
    // An event that is lost changes nothing else.
  }
}
