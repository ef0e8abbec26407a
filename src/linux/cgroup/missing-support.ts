import type { BlockIoLimits } from '../../model/block-io.ts'
import type { ResourceLimits } from '../../model/service.ts'
import type { CgroupHost } from './cgroup.ts'
import type { CgroupFiles } from './cgroup-files.ts'

/** A limit that the control groups of a machine do not have. */
export interface MissingSupport {
  readonly limit: 'blockIo' | 'cpuRealtime'
  /** Completes "Cannot limit ...: ". */
  readonly reason: string
}

/** Returns which of `limits` the control groups of this machine cannot do. */
export function missingSupport(
  host: CgroupHost,
  { blockIo, cpuRealtime }: Pick<ResourceLimits, 'blockIo' | 'cpuRealtime'>,
  files: Pick<CgroupFiles, 'read' | 'folders'>,
): readonly MissingSupport[] {
  return [
    ...(blockIo === undefined ? [] : missingBlockIo(host, blockIo, files)),
    ...(cpuRealtime === undefined ? [] : missingRealtime(host, files)),
  ]
}

type Files = Pick<CgroupFiles, 'read' | 'folders'>

function missingBlockIo(
  host: CgroupHost,
  { weight, weightOfDevices }: BlockIoLimits,
  files: Files,
): readonly MissingSupport[] {
  const root = rootOf(host, host.kind === 'v1' ? 'blkio' : 'io', files)
  if (root === undefined) {
    const controller = host.kind === 'v1' ? 'blkio' : 'io'
    return [{ limit: 'blockIo', reason: `the host has no ${controller} controller` }]
  }
  if (weight === undefined && weightOfDevices.length === 0) return []
  // The root has no weight, and where it has no other group there is nothing to look at.
  const [group] = files.folders(root)
  if (group === undefined) return []
  const known = host.kind === 'v1' ? V1_WEIGHTS : V2_WEIGHTS
  const has = known.some(file => files.read(`${root}/${group}/${file}`) !== undefined)
  return has ? [] : [{ limit: 'blockIo', reason: 'the kernel has no weights of block devices' }]
}

const V1_WEIGHTS = ['blkio.weight', 'blkio.bfq.weight']
const V2_WEIGHTS = ['io.weight', 'io.bfq.weight']

function missingRealtime(host: CgroupHost, files: Files): readonly MissingSupport[] {
  if (host.kind === 'v2')
    return [{ limit: 'cpuRealtime', reason: 'control groups of version 2 have no real-time limits' }]
  const root = rootOf(host, 'cpu', files)
  return root === undefined || files.read(`${root}/cpu.rt_runtime_us`) === undefined
    ? [{ limit: 'cpuRealtime', reason: 'the kernel has no real-time groups (CONFIG_RT_GROUP_SCHED)' }]
    : []
}

/** Returns where a controller is; undefined where the host lacks it. */
function rootOf(host: CgroupHost, controller: string, files: Files): string | undefined {
  if (host.kind === 'v1')
    return host.hierarchies.find(({ controllers }) => controllers.includes(controller))?.mountPoint
  const available = files.read(`${host.mountPoint}/cgroup.controllers`)?.trim().split(/\s+/) ?? []
  return available.includes(controller) ? host.mountPoint : undefined
}
