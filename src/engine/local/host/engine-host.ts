import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import type { CgroupHost } from '../../../linux/cgroup/cgroup.ts'
import { detectCgroups } from '../../../linux/cgroup/detect-cgroups.ts'
import type { CapabilitySet } from '../../../runtime/capabilities.ts'
import { type DeviceSources, SYSTEM_DEVICE_SOURCES } from './device-sources.ts'
import type { EnginePrograms } from './engine-programs.ts'
import { NO_RUNTIMES, type RuntimeSources } from './runtime-sources.ts'

/** What an engine asks the machine once. */
export interface EngineHost {
  readonly cgroups: CgroupHost
  /** The bounding set of this process, which the keeper inherits. */
  readonly capabilities: CapabilitySet
  readonly hostname: string
  readonly deviceSources: DeviceSources
  /** The folder of `subuid` and `subgid`. */
  readonly idFolder: string
  /** @default none but tcompose itself */
  readonly runtimeSources: RuntimeSources
  /** The folder with the seccomp filters that the build has stored. */
  readonly filtersFolder: string
}

/** Where subuid(5) and subgid(5) are. */
export const SYSTEM_ID_FOLDER = '/etc'

/** @throws {TcomposeError} `cgroup` if no control groups are mounted. */
export function readEngineHost(
  { filters }: Pick<EnginePrograms, 'filters'>,
  deviceSources: DeviceSources = SYSTEM_DEVICE_SOURCES,
  idFolder: string = SYSTEM_ID_FOLDER,
): EngineHost {
  const read = (path: string): string => readFileSync(path, 'utf8')
  return {
    cgroups: detectCgroups(read),
    capabilities: parseBoundingSet(read('/proc/self/status')),
    hostname: hostname(),
    deviceSources,
    idFolder,
    runtimeSources: NO_RUNTIMES,
    filtersFolder: filters,
  }
}

/** Reads the line `CapBnd` of /proc/<pid>/status: a mask in hex; see proc_pid_status(5). */
export function parseBoundingSet(status: string): CapabilitySet {
  const [, mask = '0'] = /^CapBnd:\s*([0-9a-f]+)$/m.exec(status) ?? []
  return BigInt(`0x${mask}`)
}
