import { realpathSync, type Stats, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { TcomposeError } from '../../../base/tcompose-error.ts'
import type { Roots } from './layout.ts'

const ROOT = 0
const WRITABLE_BY_OTHERS = 0o022
const WRITABLE_BY_ALL = 0o002
const STICKY = 0o1000

/**
 * Makes sure that no other user can put anything into the folders of the engine: root believes what is in there.
 * Another user than root can do nothing with it but read.
 *
 * @throws {TcomposeError} `unsafe-folder`.
 */
export function requireOwnFolders({ data, run }: Roots): void {
  if (process.geteuid?.() !== ROOT) return
  for (const { path, variable } of [
    { path: data, variable: 'TCOMPOSE_DATA' },
    { path: run, variable: 'TCOMPOSE_RUN' },
  ]) {
    const problem = folderProblem(path)
    if (problem === undefined) continue
    throw new TcomposeError('unsafe-folder', `Cannot use folder "${path}": ${problem.state}`, {
      hint: `${problem.remedy}, or name another folder in ${variable}`,
    })
  }
}

/** What is wrong with a folder, and what to do about it. */
export interface FolderProblem {
  readonly state: string
  readonly remedy: string
}

/**
 * Returns why root should not trust the folder at `path`; undefined for a sound one, and for one that is yet to be
 * made.
 */
export function folderProblem(path: string): FolderProblem | undefined {
  const stats = statSync(path, { throwIfNoEntry: false })
  if (stats === undefined) return parentProblem(realpathSync(existing(path)))
  return ownProblem(path, stats) ?? parentProblem(dirname(realpathSync(path)))
}

function ownProblem(path: string, { uid, mode }: Stats): FolderProblem | undefined {
  if (uid !== ROOT) {
    return {
      state: `it belongs to user ${uid}, expected root`,
      remedy: `Check what is in it, then run "chown root:root '${path}'"`,
    }
  }
  if ((mode & WRITABLE_BY_OTHERS) === 0) return undefined
  return {
    state: `its mode is ${octal(mode)}, expected one that lets only its owner write`,
    remedy: `Check what is in it, then run "chmod go-w '${path}'"`,
  }
}

/**
 * Looks at `parent` and all above it. Who may rename a folder can put another in its place; in one with the sticky bit
 * only the owner may.
 */
function parentProblem(parent: string): FolderProblem | undefined {
  for (let folder = parent; ; folder = dirname(folder)) {
    const { mode } = statSync(folder)
    if ((mode & WRITABLE_BY_ALL) !== 0 && (mode & STICKY) === 0) {
      return {
        state: `everyone may rename it, since "${folder}" above it has the mode ${octal(mode)}`,
        remedy: `Run "chmod o-w '${folder}'" or "chmod +t '${folder}'"`,
      }
    }
    if (folder === dirname(folder)) return undefined
  }
}

function existing(path: string): string {
  return statSync(path, { throwIfNoEntry: false }) === undefined ? existing(dirname(path)) : path
}

function octal(mode: number): string {
  return (mode & 0o7777).toString(8).padStart(4, '0')
}
