import { readFileSync } from 'node:fs'
import { removeFile } from '../../../disk/record-file.ts'
import { readSoundFile } from '../../../disk/regular-file.ts'
import { writeAtomic } from '../../../disk/write-atomic.ts'
import { isAlive } from '../../../linux/process-stat.ts'
import type { ProjectLayout } from './layout.ts'

type GuardPath = Pick<ProjectLayout, 'firewallGuard'>

/** Writes down that process `pid` has seen the firewall of a project whole and restores what changes of it. */
export function guardFirewall({ firewallGuard }: GuardPath, pid: number = process.pid): void {
  writeAtomic(firewallGuard, `${pid} ${startTimeOf(pid)}\n`)
}

/** Takes `guardFirewall` back. */
export function leaveFirewall({ firewallGuard }: GuardPath): void {
  removeFile(firewallGuard)
}

/** Tells whether a process that lives guards the firewall of a project; reads files only. */
export function isFirewallGuarded({ firewallGuard }: GuardPath): boolean {
  const [pid, startTime] = readSoundFile(firewallGuard)?.split(' ').map(Number) ?? []
  return pid !== undefined && startTime !== undefined && isAlive(pid, startTime)
}

/** Field 22 of proc_pid_stat(5), counted behind the name in parentheses. */
function startTimeOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19])
}
