import { rmSync } from 'node:fs'
import { isUnreadable } from '../../base/is-unreadable.ts'
import { readRegularFile } from '../../disk/regular-file.ts'
import { writeAtomic } from '../../disk/write-atomic.ts'
import { isSameRun, readProcessStat } from '../../linux/process-stat.ts'

/** A container's main process, as the keeper saw it reach its exec. */
export interface PidRecord {
  readonly pid: number
  /** Field 22 of /proc/<pid>/stat: clock ticks since boot. With `pid` it names one process for ever. */
  readonly startTime: number
  /** Milliseconds since the epoch. */
  readonly startedAt: number
}

/** The end of a container's main process. */
export interface ExitRecord {
  /** What waitpid(2) gave. */
  readonly waitStatus: number
  /** 128 and the signal's number for a process that a signal ended. */
  readonly exitCode: number
  /** Milliseconds since the epoch. */
  readonly finishedAt: number
}

/** The keeper's files of one container; part of `ContainerLayout`. */
export interface ProcessPaths {
  readonly pid: string
  readonly exit: string
}

/** What the keeper's files say of a container's main process. */
export type ProcessState =
  /** Never started, or between the start of a launch and its exec. */
  | { readonly kind: 'none' }
  /** `parentPid` is its parent now: the keeper that started it, while that one lives. */
  | { readonly kind: 'running'; readonly process: PidRecord; readonly parentPid: number }
  /** `process` is undefined if the program did not reach its exec. */
  | { readonly kind: 'ended'; readonly process: PidRecord | undefined; readonly exit: ExitRecord }
  /** It is dead, but its end is not written down: the keeper is about to, or is gone. */
  | { readonly kind: 'lost'; readonly process: PidRecord }

/** Reads a container's `pid` and `exit` files and looks at the process. Quick enough for every `ps`. */
export function readProcessState(paths: ProcessPaths): ProcessState {
  const process = readPidFile(paths.pid)
  const exit = readExitFile(paths.exit)
  if (exit !== undefined) return { kind: 'ended', process, exit }
  if (process === undefined) return { kind: 'none' }
  const stat = readProcessStat(process.pid)
  if (stat !== undefined && isSameRun(stat, process.startTime))
    return { kind: 'running', process, parentPid: stat.parentPid }
  const late = readExitFile(paths.exit)
  return late === undefined ? { kind: 'lost', process } : { kind: 'ended', process, exit: late }
}

/** Returns undefined for a file that is missing or is not one of the keeper's. */
export function readPidFile(path: string): PidRecord | undefined {
  const match = /^(\d+) (\d+) (\d+)$/m.exec(readText(path))
  if (match === null) return undefined
  const [, pid, startTime, startedAt = ''] = match
  return { pid: Number(pid), startTime: Number(startTime), startedAt: millisOfNanos(startedAt) }
}

/** Returns undefined for a file that is missing or is not one of the keeper's. */
export function readExitFile(path: string): ExitRecord | undefined {
  const match = /^(\d+) (\d+)$/m.exec(readText(path))
  if (match === null) return undefined
  const [, status, finishedAt = ''] = match
  const waitStatus = Number(status)
  return { waitStatus, exitCode: exitCodeOf(waitStatus), finishedAt: millisOfNanos(finishedAt) }
}

/**
 * Writes down a launch that failed as an end of the container, with a shell's code for a program that cannot be run,
 * 127. `now` is milliseconds since the epoch.
 */
export function writeFailedLaunch(paths: ProcessPaths, now: number): void {
  rmSync(paths.pid, { force: true })
  writeExit(paths, { waitStatus: 127 << 8, now })
}

/**
 * Writes down the end of a container's main process where no keeper does. `waitStatus` is as waitpid(2) would give it,
 * `now` milliseconds since the epoch.
 */
export function writeExit(
  paths: Pick<ProcessPaths, 'exit'>,
  { waitStatus, now }: { readonly waitStatus: number; readonly now: number },
): void {
  writeAtomic(paths.exit, `${waitStatus} ${now}000000\n`)
}

/**
 * Returns the exit code of a wait status as a shell counts it.
 *
 * wait(2): the low seven bits are the signal, 0 for an exit, whose code is in the next byte.
 */
export function exitCodeOf(waitStatus: number): number {
  const signal = waitStatus & 0x7f
  return signal === 0 ? (waitStatus >> 8) & 0xff : 128 + signal
}

/** Milliseconds fit a double and nanoseconds since the epoch do not, so the cut is made in the text. */
function millisOfNanos(nanos: string): number {
  return Number(nanos.slice(0, -6))
}

/** What is in a file's place and is none counts as absent. */
function readText(path: string): string {
  try {
    return readRegularFile(path) ?? ''
  } catch (error) {
    if (isUnreadable(error)) return ''
    throw error
  }
}
