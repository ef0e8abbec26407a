import type { BigIntStats } from 'node:fs'
import type { MirroredFile, MirrorRequest } from '../../engine.ts'
import type { ContainerFolders, FileOwner } from './container-folders.ts'
import { fileState, isFresh } from './file-state.ts'
import { mirrorFile } from './mirror-file.ts'
import type { MirrorEntry, MirrorNote, MirrorRecord } from './mirror-record.ts'
import { SourceFolders } from './source-folders.ts'

/** How long the event loop may be blocked, in milliseconds. */
const SLICE_MS = 10

/** Where to. */
export interface MirrorPlace {
  readonly folders: ContainerFolders
  /** @default each thing has the owner that it has here */
  readonly owner: FileOwner | undefined
  readonly record: MirrorRecord
}

/** A file that could not be mirrored. */
export interface MirrorFailure {
  readonly file: MirroredFile
  readonly cause: unknown
}

/** What is to be done about a file. */
interface Task {
  readonly file: MirroredFile
  readonly stats: BigIntStats | undefined
  /** The link that leads to it is all that a container gets: a path through that may lead elsewhere there. */
  readonly isBehindLink: boolean
  readonly compares: boolean
}

/**
 * Mirrors files and notes it: first what is about to be done, so that a run that is killed meanwhile is made up for, then
 * what was done. Gives way to the event loop every few milliseconds.
 */
export async function mirrorFiles(
  { folders, owner, record }: MirrorPlace,
  { files, trust, signal }: MirrorRequest,
): Promise<{ readonly changed: readonly MirroredFile[]; readonly failures: readonly MirrorFailure[] }> {
  const now = Date.now()
  const knowledge = { record, trust, sources: new SourceFolders() }
  const tasks = files.flatMap(file => taskOf(file, knowledge) ?? []).sort(inOrder)
  if (trust === 'assumed') {
    record.note(tasks.flatMap(task => (task.stats === undefined ? [] : [noteOf(task, now)])))
    return { changed: [], failures: [] }
  }
  record.note(tasks.map(({ file }) => ({ target: file.target, entry: pending(file) })))
  const failures: MirrorFailure[] = []
  const done: MirrorNote[] = []
  const changed: MirroredFile[] = []
  let isRemoving = true
  let sliceEnd = performance.now() + SLICE_MS
  for (const task of tasks) {
    if (signal.aborted) break
    if (task.stats !== undefined && isRemoving) {
      folders.forget()
      isRemoving = false
    }
    try {
      const { file, stats, compares, isBehindLink } = task
      if (!isBehindLink && mirrorFile(file, stats, { folders, owner, compares })) changed.push(file)
      done.push(noteOf(task, now))
    } catch (cause) {
      failures.push({ file: task.file, cause })
    }
    if (performance.now() < sliceEnd) continue
    record.note(done.splice(0))
    await new Promise(resolve => setImmediate(resolve))
    sliceEnd = performance.now() + SLICE_MS
  }
  record.note(done)
  return { changed, failures }
}

/**
 * What is gone comes first, while the folders of the container still are what they were: one that became a link would lead
 * elsewhere. Then folders come before what is in them.
 */
function inOrder(a: Task, b: Task): number {
  const isGone = [a, b].map(({ stats }) => stats === undefined)
  if (isGone[0] !== isGone[1]) return isGone[0] ? -1 : 1
  if (a.file.target === b.file.target) return 0
  const isBefore = a.file.target < b.file.target
  return isBefore === isGone[0] ? 1 : -1
}

interface Knowledge {
  readonly record: MirrorRecord
  readonly trust: MirrorRequest['trust']
  readonly sources: SourceFolders
}

/** Returns undefined where there is nothing to do. */
function taskOf(file: MirroredFile, { record, trust, sources }: Knowledge): Task | undefined {
  const state = sources.stateOf(file)
  const isBehindLink = state === 'behind-link'
  const stats = isBehindLink || state === 'absent' ? undefined : state
  const known = record.get(file.target)
  if (trust !== 'changed' || known === undefined)
    return { file, stats, isBehindLink, compares: trust === 'compared' }
  if (isSame(known, file, stats)) return undefined
  const compares = known.state === undefined || known.state.endsWith(FRESH)
  return { file, stats, isBehindLink, compares }
}

function isSame(known: MirrorEntry, file: MirroredFile, stats: BigIntStats | undefined): boolean {
  return stats !== undefined && known.source === file.source && known.state === fileState(stats)
}

/** Ends a state that may stay as it is although the file changes. */
const FRESH = ' fresh'

function noteOf({ file: { source, target }, stats }: Task, now: number): MirrorNote {
  if (stats === undefined) return { target, entry: undefined }
  const state = fileState(stats)
  return { target, entry: { source, state: isFresh(stats, now) ? state + FRESH : state } }
}

function pending({ source }: MirroredFile): MirrorEntry {
  return { source, state: undefined }
}
