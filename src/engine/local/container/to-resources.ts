import { withDefaultRules } from '../../../linux/cgroup/device-rules.ts'
import { CPU_PERIOD, cpuQuota, totalSwap } from '../../../linux/cgroup/limit-writes.ts'
import type { BlockIoLimits } from '../../../model/block-io.ts'
import type { DeviceRule } from '../../../model/device-rule.ts'
import type { ResourceLimits, Service } from '../../../model/service.ts'
import type { DeviceRuleSpec, ResourcesSpec } from '../../../oci/runtime-spec.ts'

/**
 * Returns the `linux.resources` of a service's container: what its control group is made with. `rules` are those of its
 * devices.
 */
export function toResources(
  { limits, security }: Pick<Service, 'limits' | 'security'>,
  rules: readonly DeviceRule[],
): ResourcesSpec {
  const { pids } = limits
  return {
    devices: security.privileged ? EVERY_DEVICE : [NO_DEVICE, ...withDefaultRules(rules).map(allowing)],
    memory: memoryOf(limits),
    cpu: cpuOf(limits),
    ...(pids !== undefined && { pids: { limit: pids } }),
    ...(limits.blockIo !== undefined && { blockIO: blockIoOf(limits.blockIo) }),
  }
}

/** Devices are left out: the runtime has them in their control group, by numbers that are looked up at each start. */
function blockIoOf({ weight }: BlockIoLimits): NonNullable<ResourcesSpec['blockIO']> {
  return { ...(weight !== undefined && { weight }) }
}

const EVERY_DEVICE: readonly DeviceRuleSpec[] = [{ allow: true, access: 'rwm' }]

const NO_DEVICE: DeviceRuleSpec = { allow: false, access: 'rwm' }

function allowing({ kind, major, minor, access }: DeviceRule): DeviceRuleSpec {
  return {
    allow: true,
    type: kind === 'block' ? 'b' : 'c',
    ...(major !== undefined && { major }),
    ...(minor !== undefined && { minor }),
    access,
  }
}

function memoryOf(limits: ResourceLimits): NonNullable<ResourcesSpec['memory']> {
  const { memory, memoryReservation, swappiness, oomKillDisabled } = limits
  const swap = totalSwap(limits)
  return {
    ...(memory !== undefined && { limit: memory }),
    ...(memoryReservation !== undefined && { reservation: memoryReservation }),
    ...(swap !== undefined && { swap }),
    ...(swappiness !== undefined && { swappiness }),
    ...(oomKillDisabled === true && { disableOOMKiller: true }),
  }
}

function cpuOf({ cpus, cpuShares, cpuset, cpuRealtime }: ResourceLimits): NonNullable<ResourcesSpec['cpu']> {
  return {
    ...(cpuShares !== undefined && { shares: cpuShares }),
    ...(cpus !== undefined && { quota: cpuQuota(cpus), period: CPU_PERIOD }),
    ...(cpuset !== undefined && { cpus: cpuset }),
    ...(cpuRealtime !== undefined && {
      realtimeRuntime: cpuRealtime.runtime,
      realtimePeriod: cpuRealtime.period,
    }),
  }
}
