import { errnoNameOf } from '../../../base/errno-name-of.ts'
import { servicePath } from '../../../base/model-path.ts'
import { TcomposeError } from '../../../base/tcompose-error.ts'
import { type AttachedStreams, attachStreams } from '../../../runtime/keeper/attach-streams.ts'
import { connectKeeper } from '../../../runtime/keeper/keeper-client.ts'
import { keeperGone } from '../../../runtime/keeper/keeper-error.ts'
import { exitCodeOf, readProcessState } from '../../../runtime/keeper/process-files.ts'
import type { AttachEnd, AttachRequest } from '../../container-access.ts'
import { joinStreams } from '../attach/join-streams.ts'
import type { EventAction } from '../state/event-record.ts'
import { containerLayout, projectLayout } from '../state/layout.ts'
import { noteEvent } from '../state/note-event.ts'
import { isPaused } from '../state/pause-mark.ts'
import { type ContainerEntry, readProjectRecord } from '../state/project-record.ts'
import type { ContainerPlace } from './pause-container.ts'

/**
 * Joins the streams of a running container to those of the caller, until it ends or the keys to detach are typed.
 *
 * @throws {TcomposeError} `container-not-running`, `pause`, `keeper` where its output cannot be had.
 */
export async function attachContainer(
  { roots, project, container }: Omit<ContainerPlace, 'host'>,
  request: AttachRequest,
): Promise<AttachEnd> {
  const { record, keeperSocket } = projectLayout(roots, project)
  const entry = readProjectRecord(record, project).containers.get(container)
  if (entry === undefined) throw new Error(`Cannot find container ${container}: it is not on record`)
  const layout = containerLayout(roots, project, container)
  if (readProcessState(layout).kind !== 'running') throw refused(entry, 'container-not-running')
  if (isPaused(layout)) throw refused(entry, 'pause')
  using keeper = await connectKeeper(keeperSocket)
  if (keeper === undefined) throw keeperGone()
  const streams = openStreams(keeperSocket, entry)
  const detached = Promise.withResolvers<AttachEnd>()
  const note = (action: EventAction, attributes: Readonly<Record<string, string>> = {}): void =>
    noteEvent(projectLayout(roots, project), { action, entry, attributes })
  note('attach')
  using joined = joinStreams(streams, {
    ...request,
    onDetach: () => {
      note('detach')
      detached.resolve({ kind: 'detached' })
    },
    onSize: ({ rows, columns }) => note('resize', { height: String(rows), width: String(columns) }),
  })
  const ended = keeper.wait(container).then(async ({ status }): Promise<AttachEnd> => {
    await joined.finish()
    return { kind: 'exited', exitCode: exitCodeOf(status) }
  })
  // Once detached, nobody waits for it.
  ended.catch(() => undefined)
  request.onAttached()
  return await Promise.race([ended, detached.promise])
}

function openStreams(keeperSocket: string, entry: ContainerEntry): AttachedStreams {
  try {
    return attachStreams(keeperSocket, entry.id)
  } catch (error) {
    const state = REFUSALS.get(errnoNameOf(error) ?? '')
    if (state === undefined) throw error
    if (errnoNameOf(error) === 'ESRCH') throw refused(entry, 'container-not-running')
    throw new TcomposeError('keeper', `Cannot attach to ${entry.spec.name}: ${state}`, {
      hint: `Run "tcompose restart ${entry.spec.service}" to start it anew`,
      cause: error,
    })
  }
}

const REFUSALS: ReadonlyMap<string, string> = new Map([
  ['ESRCH', 'it is not running'],
  ['EOPNOTSUPP', 'its output goes nowhere, or to another command'],
  ['EMFILE', 'too many others are attached'],
  ['ENOSYS', 'it was started by an earlier version of tcompose'],
])

function refused({ spec }: ContainerEntry, code: 'container-not-running' | 'pause'): TcomposeError {
  const [state, verb] = code === 'pause' ? ['it is paused', 'unpause'] : ['it is not running', 'start']
  return new TcomposeError(code, `Cannot attach to ${spec.name}: ${state}`, {
    hint: `Run "tcompose ${verb} ${spec.service}" first`,
    origin: servicePath(spec.service),
  })
}
