import { readFileSync, readlinkSync } from 'node:fs'
import { readIfPresent } from '../../../disk/record-file.ts'
import { readPidFile } from '../../../runtime/keeper/process-files.ts'
import type { ProcessTable } from '../../engine.ts'
import { innerProcess } from '../state/inner-process.ts'
import type { ContainerLayout } from '../state/layout.ts'
import { readLiveRecord } from '../state/live-files.ts'

/** Those of `ps -ef`. */
const TITLES = ['UID', 'PID', 'PPID', 'C', 'STIME', 'TTY', 'TIME', 'CMD']

/** Returns the processes of a container as this machine sees them, its main one first; none if it does not run. */
export function listProcesses(layout: ContainerLayout): ProcessTable {
  return { titles: TITLES, rows: readProcesses(layout).map(processRow) }
}

/** A process as the kernel describes it. */
export interface KernelProcess {
  readonly pid: number
  readonly parentPid: number
  readonly uid: number
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  /** Time that it has computed, milliseconds. */
  readonly cpuMs: number
  /** E.g. `pts/0`; undefined without a terminal. */
  readonly terminal: string | undefined
  /** The whole argv, or the name in brackets if it has none. */
  readonly command: string
}

/** Returns what is shown of a process, in the order of the titles. */
export function processRow(process: KernelProcess, now: number = Date.now()): readonly string[] {
  return [
    String(process.uid),
    String(process.pid),
    String(process.parentPid),
    String(cpuShare(process, now)),
    startTime(process.startedAt, now),
    process.terminal ?? '?',
    cpuTime(process.cpuMs),
    process.command,
  ]
}

/** Returns how many hundredths of its life a process has computed. */
function cpuShare({ cpuMs, startedAt }: KernelProcess, now: number): number {
  return Math.min(99, Math.floor((100 * cpuMs) / Math.max(1, now - startedAt)))
}

/** Returns `14:25`, or `Nov29` for what was started more than a day ago; in UTC. */
function startTime(at: number, now: number): string {
  const text = new Date(at).toUTCString()
  return now - at < DAY_MS ? text.slice(17, 22) : `${text.slice(8, 11)}${text.slice(5, 7)}`
}

const DAY_MS = 86_400_000

/** Returns hours, minutes and seconds, e.g. `00:01:30`. */
function cpuTime(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000)
  return [seconds / 3600, (seconds / 60) % 60, seconds % 60]
    .map(part => String(Math.floor(part)).padStart(2, '0'))
    .join(':')
}

function readProcesses(layout: ContainerLayout): readonly KernelProcess[] {
  const live = readLiveRecord(layout.live)
  const [folder] = live?.cgroups ?? []
  const members = folder === undefined ? undefined : readIfPresent(`${folder}/cgroup.procs`)
  if (members === undefined) return []
  const kept = readPidFile(layout.pid)?.pid
  // The keeper's child is the OCI runtime then, which is no process of the container.
  const main = kept === undefined ? undefined : innerProcess(layout, { pid: kept })?.pid
  const bootedAt = readBootTime(readFileSync('/proc/stat', 'utf8'))
  return members
    .split('\n')
    .filter(line => line !== '')
    .map(Number)
    .filter(pid => live?.runtime === undefined || (pid !== kept && sharesPids(pid, main)))
    .sort((a, b) => Number(b === main) - Number(a === main) || a - b)
    .flatMap(pid => readProcess(pid, bootedAt) ?? [])
}

/** Runtimes have processes of their own in a container's control group, such as those that wait for an exec. */
function sharesPids(pid: number, main: number | undefined): boolean {
  return main !== undefined && pidNamespaceOf(pid) === pidNamespaceOf(main)
}

function pidNamespaceOf(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`)
  } catch {
    return undefined
  }
}

/** Linux shows times in hundredths of a second to programs, whatever it counts in itself: time(7), USER_HZ. */
const TICK_MS = 10

function readBootTime(text: string): number {
  return Number(/^btime (\d+)$/m.exec(text)?.[1] ?? 0) * 1000
}

/** A process may end while it is read. */
function readProcess(pid: number, bootedAt: number): KernelProcess | undefined {
  const stat = readIfPresent(`/proc/${pid}/stat`)
  const status = readIfPresent(`/proc/${pid}/status`)
  const argv = readIfPresent(`/proc/${pid}/cmdline`)
  if (stat === undefined || status === undefined || argv === undefined) return undefined
  return { ...parseStat(stat, bootedAt), pid, uid: parseUid(status), command: commandOf(argv, stat) }
}

/**
 * Reads a line of /proc/<pid>/stat; `bootedAt` is in milliseconds since the epoch. proc_pid_stat(5): the name is in
 * parentheses and may hold any character, so what follows the last one counts.
 */
export function parseStat(
  stat: string,
  bootedAt: number,
): Pick<KernelProcess, 'parentPid' | 'cpuMs' | 'startedAt' | 'terminal'> {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const field = (number: number): number => Number(fields[number - 3] ?? 0)
  return {
    parentPid: field(4),
    cpuMs: (field(14) + field(15)) * TICK_MS,
    startedAt: bootedAt + field(22) * TICK_MS,
    terminal: terminalName(field(7)),
  }
}

/** Bits 31 to 20 and 7 to 0 are the minor number, 15 to 8 the major; 136 to 143 are Unix98 terminals. */
function terminalName(device: number): string | undefined {
  if (device === 0) return undefined
  const major = (device >> 8) & 0xff
  const minor = (device & 0xff) | ((device >> 12) & 0xfff00)
  return major >= 136 && major <= 143 ? `pts/${minor + 256 * (major - 136)}` : `tty${minor}`
}

function parseUid(status: string): number {
  return Number(/^Uid:\t(\d+)/m.exec(status)?.[1] ?? 0)
}

function commandOf(argv: string, stat: string): string {
  const words = argv.split('\0').filter(word => word !== '')
  return words.length > 0 ? words.join(' ') : `[${stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'))}]`
}
