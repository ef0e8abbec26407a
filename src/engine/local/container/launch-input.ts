import { readFileSync, writeFileSync } from 'node:fs'
import { deserialize, serialize } from 'node:v8'
import { isDiskFull } from '../../../base/is-disk-full.ts'
import type { CgroupRequest } from '../../../linux/cgroup/create-cgroup.ts'
import { withDefaultRules } from '../../../linux/cgroup/device-rules.ts'
import { restrictDevices } from '../../../linux/cgroup/restrict-devices.ts'
import { encodeLaunchRequest } from '../../../runtime/keeper/launch-request.ts'
import { compileRuntimeSpec } from '../../../runtime/launch/compile-runtime-spec.ts'
import type { ContainerDevices } from '../device/container-devices.ts'
import { findDevices } from '../device/find-devices.ts'
import type { DeviceSources } from '../host/device-sources.ts'
import type { ContainerLayout } from '../state/layout.ts'
import { writeRenewedDevices } from '../state/live-files.ts'
import { planCgroup } from './cgroup-steps.ts'
import { placedFilesOf } from './placed-files-of.ts'
import { withGroups } from './to-process.ts'
import { type ContainerInput, toRuntimeSpec } from './to-runtime-spec.ts'

/** Raised when what is stored would be misread. */
const VERSION = 2

/** What the launch of a container with devices is compiled from, and where these are looked for. */
export interface StoredInput {
  readonly version: typeof VERSION
  readonly input: ContainerInput
  /** Its control group, with the devices of its first start. */
  readonly group: CgroupRequest
  readonly sources: DeviceSources
}

/** Keeps what a launch is compiled from: data alone, whose values survive as they are. */
export function writeLaunchInput(
  { launchInput }: ContainerLayout,
  stored: Omit<StoredInput, 'version'>,
): void {
  const versioned: StoredInput = { version: VERSION, ...stored }
  writeFileSync(launchInput, serialize(versioned), { mode: 0o600 })
}

/**
 * Returns the encoded request that starts a container again with its devices as they are now, and changes accordingly
 * what it may do with them. No process of the container lives. What another version has stored is not compiled again:
 * the request stays that of the last start.
 *
 * @throws {TcomposeError} `device-not-found`, `cdi-spec`, `gpu-not-found`, as at its first start.
 */
export async function renewedRequest({
  launch,
  launchInput,
  renewedDevices,
}: ContainerLayout): Promise<Buffer> {
  const { version, input, group, sources }: StoredInput = deserialize(readFileSync(launchInput))
  if (version !== VERSION) return readFileSync(launch)
  const { spec, layout, image, user } = input
  const devices = await findDevices(spec.config, sources)
  const cgroupSteps = renewedCgroup(input, group, devices)
  const renewed = {
    ...input,
    ...(cgroupSteps && { cgroupSteps }),
    devices,
    placed: placedFilesOf({ spec, layout, image }, devices),
    user: withGroups(user, devices.groups),
  }
  keepDevices(renewedDevices, devices)
  return encodeLaunchRequest(compileRuntimeSpec(toRuntimeSpec(renewed)))
}

/** Returns the steps of a process that makes its group itself; that of another process is changed here. */
function renewedCgroup(
  { cgroup, cgroupSteps, host }: ContainerInput,
  group: CgroupRequest,
  { rules }: ContainerDevices,
): ContainerInput['cgroupSteps'] {
  if (group.devices === undefined) return cgroupSteps
  const devices = withDefaultRules(rules)
  if (cgroupSteps !== undefined) return planCgroup(host.cgroups, { ...group, devices })?.steps
  restrictDevices({ host: host.cgroups, cgroup, service: group.service }, devices)
  return undefined
}

/** On a full disk an exec has what the last command has found. */
function keepDevices(path: string, devices: ContainerDevices): void {
  try {
    writeRenewedDevices(path, devices)
  } catch (error) {
    if (!isDiskFull(error)) throw error
  }
}
