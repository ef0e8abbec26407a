import type { Cgroup } from './cgroup.ts'
import { type CgroupFiles, hostCgroupFiles } from './cgroup-files.ts'

/** What a control group uses at this moment; a field is undefined where the host does not count it. */
export interface CgroupUsage {
  /** Without file cache that the kernel can drop at once, as `docker stats` counts it. */
  readonly memoryBytes: number | undefined
  /** Undefined without a limit. */
  readonly memoryLimitBytes: number | undefined
  /** CPU time since the start, nanoseconds. */
  readonly cpuNs: number | undefined
  readonly pids: number | undefined
}

/** v1 shows no limit as the largest count of whole pages. */
const V1_UNLIMITED = 2 ** 62

/** Returns what the processes of `cgroup` use. */
export function readUsage(cgroup: Cgroup, files: CgroupFiles = hostCgroupFiles): CgroupUsage {
  const read = (file: string): string | undefined => {
    for (const folder of cgroup.folders) {
      const text = files.read(`${folder}/${file}`)
      if (text !== undefined) return text
    }
    return undefined
  }
  return cgroup.version === 1 ? v1Usage(read) : v2Usage(read)
}

type Read = (file: string) => string | undefined

function v1Usage(read: Read): CgroupUsage {
  const limit = numberIn(read('memory.limit_in_bytes'))
  return {
    memoryBytes: withoutCache(
      numberIn(read('memory.usage_in_bytes')),
      field(read('memory.stat'), 'total_inactive_file'),
    ),
    memoryLimitBytes: limit === undefined || limit > V1_UNLIMITED ? undefined : limit,
    cpuNs: numberIn(read('cpuacct.usage')),
    pids: numberIn(read('pids.current')),
  }
}

function v2Usage(read: Read): CgroupUsage {
  const cpuMicros = field(read('cpu.stat'), 'usage_usec')
  return {
    memoryBytes: withoutCache(numberIn(read('memory.current')), field(read('memory.stat'), 'inactive_file')),
    memoryLimitBytes: numberIn(read('memory.max')),
    cpuNs: cpuMicros === undefined ? undefined : cpuMicros * 1000,
    pids: numberIn(read('pids.current')),
  }
}

function withoutCache(usage: number | undefined, cache: number | undefined): number | undefined {
  return usage === undefined ? undefined : Math.max(0, usage - (cache ?? 0))
}

/** Returns undefined for `max`. */
function numberIn(text: string | undefined): number | undefined {
  const number = Number.parseInt(text ?? '', 10)
  return Number.isNaN(number) ? undefined : number
}

function field(text: string | undefined, name: string): number | undefined {
  const line = text?.split('\n').find(line => line.startsWith(`${name} `))
  return numberIn(line?.slice(name.length + 1))
}
