import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import type { SiegeProject } from './siege-project.ts'

/** The two processes that outlive a command. */
export type ResidentProcess = 'keeper' | 'supervisor'

/** Returns the pid of a project's keeper or supervisor; undefined while it does not run. */
export function findProcess(project: SiegeProject, kind: ResidentProcess): number | undefined {
  const keeper = findKeeper(project.layout().keeperSocket)
  if (keeper === undefined || kind === 'keeper') return keeper
  return childrenOf(keeper).find(pid => wordsOf(pid).some(word => /\/supervisor[^/]*$/.test(word)))
}

/** Returns the pid of the keeper that listens on `socket`. */
export function findKeeper(socket: string): number | undefined {
  const found = readdirSync('/proc')
    .filter(isNumber)
    .filter(pid => isKeeper(wordsOf(Number(pid)), socket))
  const first = eldestOf(found, parentOf)
  return first === undefined ? undefined : Number(first)
}

/**
 * Returns which of some processes of a keeper is itself: what it has just forked has its arguments until the exec, and may
 * end before its parent is asked for.
 */
export function eldestOf(
  pids: readonly string[],
  parentOfProcess: (pid: string) => string | undefined,
): string | undefined {
  return pids.find(pid => {
    const parent = parentOfProcess(pid)
    return parent !== undefined && !pids.includes(parent)
  })
}

/** Returns the open descriptors of a process, a line each, without the numbers that differ each time. */
export function openFiles(pid: number): readonly string[] {
  const folder = `/proc/${pid}/fd`
  return readdirSync(folder)
    .flatMap(fd => readLink(`${folder}/${fd}`) ?? [])
    .map(target => target.replace(/\[\d+\]|[0-9a-f]{64}/, ''))
    .toSorted()
}

/** A descriptor may be closed between being listed and being read. */
function readLink(path: string): string | undefined {
  try {
    return readlinkSync(path)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

function isKeeper(words: readonly string[], socket: string): boolean {
  return words.includes('--socket') && words.includes(socket)
}

function wordsOf(pid: number): readonly string[] {
  return readOrEmpty(`/proc/${pid}/cmdline`).split('\0')
}

/** The list of proc_tid_children(5) leaves some out while others end. */
function childrenOf(pid: number): readonly number[] {
  return readdirSync('/proc')
    .filter(isNumber)
    .filter(child => parentOf(child) === String(pid))
    .map(Number)
}

function parentOf(pid: string): string | undefined {
  const stat = readOrEmpty(`/proc/${pid}/stat`)
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]
}

/** A process may end between being listed and being read. */
function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return ''
  }
}

function isNumber(text: string): boolean {
  return /^\d+$/.test(text)
}
