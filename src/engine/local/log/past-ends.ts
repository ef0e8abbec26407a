import { closeSync, constants, fstatSync, openSync, readSync, statSync } from 'node:fs'
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
 * The ends of a project's runs that were written down as events. The files of a container tell its last end alone, until the next
 * start; events can be read although the project has gone, from a file that was kept open.
 */
export class PastEnds implements Disposable {
  readonly #path: string
  #file: number | undefined

  constructor(layout: Pick<ProjectLayout, 'runDir'>) {
    this.#path = eventsPath(layout)
  }

  /** Keeps the file open that is there now, in place of an earlier one. */
  keep(): void {
    const there = statSync(this.#path, { throwIfNoEntry: false })
    if (there?.isFile() !== true) return
    if (this.#file !== undefined && fstatSync(this.#file).ino === there.ino) return
    const file = openIfThere(this.#path)
    if (file === undefined) return
    this[Symbol.dispose]()
    this.#file = file
  }

  /** Returns the ends of `container` between two times, in milliseconds since the epoch, oldest first. */
  of(
    container: string,
    { after, before }: { readonly after: number; readonly before: number },
  ): readonly PastEnd[] {
    this.keep()
    return `${readSoundFile(`${this.#path}.1`) ?? ''}${this.#file === undefined ? '' : textOf(this.#file)}`
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

  [Symbol.dispose](): void {
    if (this.#file !== undefined) closeSync(this.#file)
    this.#file = undefined
  }
}

function openIfThere(path: string): number | undefined {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  } catch {
    // It has gone, or cannot be read: then no past end is known.
    return undefined
  }
}

function textOf(file: number): string {
  const bytes = Buffer.alloc(fstatSync(file).size)
  return bytes.toString('utf8', 0, readSync(file, bytes, 0, bytes.length, 0))
}
