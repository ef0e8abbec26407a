import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { type Bytes, formatBytes } from '../../../base/bytes.ts'
import { servicePath } from '../../../base/model-path.ts'
import { TcomposeError } from '../../../base/tcompose-error.ts'
import type { CgroupHost } from '../../../linux/cgroup/cgroup.ts'
import { type CgroupFiles, hostCgroupFiles } from '../../../linux/cgroup/cgroup-files.ts'
import { detectCgroups } from '../../../linux/cgroup/detect-cgroups.ts'
import { type MissingSupport, missingSupport } from '../../../linux/cgroup/missing-support.ts'
import type { ResourceLimits, Service } from '../../../model/service.ts'
import { numberDevices } from './number-devices.ts'

/** Less is refused as by dockerd: a process that small is killed before it can say anything. */
const LEAST_MEMORY = 6 * 1024 * 1024

/** The control groups of a machine. */
export interface LimitHost {
  readonly cgroups: () => CgroupHost
  readonly files: Pick<CgroupFiles, 'read' | 'folders'>
}

const THIS_MACHINE: LimitHost = {
  cgroups: () => detectCgroups(path => readFileSync(path, 'utf8')),
  files: hostCgroupFiles,
}

/** Returns an error for each limit of a service that no container can live with on this machine. */
export function limitProblems(
  { name, limits }: Pick<Service, 'name' | 'limits'>,
  host: LimitHost = THIS_MACHINE,
): readonly TcomposeError[] {
  return [
    ...memoryProblem(name, limits.memory),
    ...cpuProblem(name, limits.cpus),
    ...supportProblems(name, limits, host),
    ...deviceProblem(name, limits),
  ]
}

/** Returns which limits of a service have no effect on this machine, in words for a warning; Docker says the same. */
export function discardedLimits(
  { name, limits: { swappiness, oomKillDisabled, memory } }: Pick<Service, 'name' | 'limits'>,
  cgroups: CgroupHost,
): readonly string[] {
  const isV2 = cgroups.kind === 'v2'
  const why = 'control groups of version 2 have no such setting'
  return [
    ...(isV2 && swappiness !== undefined ? [`Ignoring "mem_swappiness" of service "${name}": ${why}`] : []),
    ...(isV2 && oomKillDisabled ? [`Ignoring "oom_kill_disable" of service "${name}": ${why}`] : []),
    ...(!isV2 && oomKillDisabled && memory === undefined
      ? [
          `Service "${name}" has "oom_kill_disable" and no limit of memory: the machine can run out of memory because of it`,
        ]
      : []),
  ]
}

function memoryProblem(name: string, memory: Bytes | undefined): readonly TcomposeError[] {
  if (memory === undefined || memory === 0 || memory >= LEAST_MEMORY) return []
  const message = `Cannot limit the memory of service "${name}" to ${formatBytes(memory)}, expected 6MiB or more`
  const hint = 'A number without a unit counts bytes: write "512m" for 512 MiB'
  return [new TcomposeError('bad-value', message, { hint, origin: servicePath(name, 'mem_limit') })]
}

function cpuProblem(name: string, cpus: number | undefined): readonly TcomposeError[] {
  const most = availableParallelism()
  if (cpus === undefined || cpus <= most) return []
  const message = `Cannot give service "${name}" ${cpus} CPUs: this machine has ${most}`
  return [new TcomposeError('bad-value', message, { origin: servicePath(name, 'cpus') })]
}

/** What the user calls each limit, and where it is in the file. */
const RARE: Readonly<Record<MissingSupport['limit'], { readonly words: string; readonly key: string }>> = {
  blockIo: { words: 'block devices', key: 'blkio_config' },
  cpuRealtime: { words: 'real-time', key: 'cpu_rt_runtime' },
}

function supportProblems(
  name: string,
  limits: ResourceLimits,
  { cgroups, files }: LimitHost,
): readonly TcomposeError[] {
  if (limits.blockIo === undefined && limits.cpuRealtime === undefined) return []
  return missingSupport(cgroups(), limits, files).map(({ limit, reason }) => {
    const { words, key } = RARE[limit]
    const message = `Cannot limit ${words} of service "${name}": ${reason}`
    return new TcomposeError('cgroup', message, { hint: `Remove "${key}"`, origin: servicePath(name, key) })
  })
}

function deviceProblem(name: string, { blockIo }: ResourceLimits): readonly TcomposeError[] {
  if (blockIo === undefined) return []
  try {
    numberDevices(name, blockIo)
    return []
  } catch (error) {
    if (error instanceof TcomposeError) return [error]
    throw error
  }
}
