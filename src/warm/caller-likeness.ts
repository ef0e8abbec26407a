import { readFileSync, readlinkSync, statSync } from 'node:fs'
import { readText } from '../linux/process-stat.ts'

/**
 * Returns what decides what the process `pid` may do and see, as a text that equals that of another process where one can
 * stand in for the other: its user and groups, capabilities, filters, label, limits, priority, namespaces and root
 * folder. Undefined if it has ended. See proc_pid_status(5).
 */
export function likenessOf(pid: number | 'self'): string | undefined {
  const folder = `/proc/${pid}`
  try {
    const { dev, ino } = statSync(`${folder}/root`)
    return [
      ...readText(`${folder}/status`).split('\n').filter(isDeciding),
      readText(`${folder}/limits`),
      readText(`${folder}/oom_score_adj`),
      priorityOf(readText(`${folder}/stat`)),
      labelOf(folder),
      `${dev} ${ino}`,
      ...NAMESPACES.map(name => readlinkSync(`${folder}/ns/${name}`)),
    ].join('\n')
  } catch {
    return undefined
  }
}

const NAMESPACES: readonly string[] = ['cgroup', 'ipc', 'mnt', 'net', 'pid', 'time', 'user', 'uts']
const DECIDING: ReadonlySet<string> = new Set([
  ...['Uid', 'Gid', 'Groups', 'CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb'],
  ...['NoNewPrivs', 'Seccomp', 'Seccomp_filters', 'Cpus_allowed', 'Mems_allowed'],
])

function isDeciding(line: string): boolean {
  return DECIDING.has(line.slice(0, line.indexOf(':')))
}

/** Fields 18 and 19, and 40 and 41 of proc_pid_stat(5): priority, nice value, real-time priority and policy. */
function priorityOf(stat: string): string {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return [15, 16, 37, 38].map(index => fields[index]).join(' ')
}

let isLabelled: boolean | undefined

/** No process has one on a kernel without security modules: read(2) of the file fails with EINVAL there. */
function labelOf(folder: string): string {
  isLabelled ??= readLabel('/proc/self') !== ''
  return isLabelled ? readLabel(folder) : ''
}

function readLabel(folder: string): string {
  try {
    return readFileSync(`${folder}/attr/current`, 'latin1')
  } catch {
    return ''
  }
}
