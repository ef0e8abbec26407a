import { readSoundFile } from '../../../disk/regular-file.ts'
import { eventsPath, parseEventLine } from '../state/event-record.ts'
import type { ProjectLayout } from '../state/layout.ts'

/** An end that is over: the container has been started again since, or is gone. */
export interface PastEnd {
  readonly exitCode: number | undefined
  readonly isRestarting: boolean
  /** The kernel ended it for lack of memory. @default false */
  readonly outOfMemory?: boolean
  /** Milliseconds since the epoch. */
  readonly finishedAt: number
}

/**
 * Returns the ends of `container` between two times, in milliseconds since the epoch, oldest first: those that the
 * supervisor saw. The files of the container tell the last end alone, until the next start.
 */
export function pastEnds(
  layout: Pick<ProjectLayout, 'runDir'>,
  container: string,
  { after, before }: { readonly after: number; readonly before: number },
): readonly PastEnd[] {
  const path = eventsPath(layout)
  return `${readSoundFile(`${path}.1`) ?? ''}${readSoundFile(path) ?? ''}`
    .split('\n')
    .filter(line => line.includes(container))
    .flatMap(line => parseEventLine(line) ?? [])
    .filter(({ id, action, time }) => id === container && action === 'die' && time > after && time < before)
    .map(({ time, attributes: { exitCode, restartAt, oomKilled } }) => ({
      exitCode: exitCode === undefined ? undefined : Number(exitCode),
      isRestarting: restartAt !== undefined,
      ...(oomKilled === 'true' && { outOfMemory: true }),
      finishedAt: time,
    }))
}
