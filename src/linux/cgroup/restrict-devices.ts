import { errnoNameOf } from '../../base/errno-name-of.ts'
import { servicePath } from '../../base/model-path.ts'
import { TcomposeError } from '../../base/tcompose-error.ts'
import type { DeviceRule } from '../../model/device-rule.ts'
import { attachDeviceProgram } from './attach-device-program.ts'
import type { Cgroup, CgroupHost } from './cgroup.ts'
import { type CgroupFiles, hostCgroupFiles } from './cgroup-files.ts'
import { deviceProgram } from './device-program.ts'
import { deviceRuleText } from './device-rules.ts'

/** The control group of a service's container, which has no process. */
export interface RestrictedCgroup {
  readonly host: CgroupHost
  readonly cgroup: Cgroup
  readonly service: string
}

/**
 * Lets the processes of a control group do with devices what one of `rules` allows, and nothing else.
 *
 * @throws {TcomposeError} `cgroup` if the group above it may not do that itself.
 */
export function restrictDevices(
  { host, cgroup, service }: RestrictedCgroup,
  rules: readonly DeviceRule[],
  files: CgroupFiles = hostCgroupFiles,
): void {
  if (host.kind === 'v2') {
    for (const folder of cgroup.folders) attachDeviceProgram(folder, deviceProgram(rules))
    return
  }
  const hierarchy = host.hierarchies.find(({ controllers }) => controllers.includes('devices'))
  const folder = cgroup.folders.find(
    path => hierarchy !== undefined && path.startsWith(`${hierarchy.mountPoint}/`),
  )
  if (folder === undefined) return
  files.write(`${folder}/devices.deny`, 'a')
  allow(rules, { folder, service, files })
}

interface DevicePlace {
  readonly folder: string
  readonly service: string
  readonly files: CgroupFiles
}

/** No group may be allowed what the one above it is not: Documentation/admin-guide/cgroup-v1/devices.rst of the kernel. */
function allow(rules: readonly DeviceRule[], { folder, service, files }: DevicePlace): void {
  const texts = rules.map(deviceRuleText)
  const file = `${folder}/devices.allow`
  try {
    files.write(file, ...texts)
  } catch (error) {
    const refused = texts.find(text => !isWritten(files, file, text)) ?? ''
    throw devicesRefused({ service, refused, file }, error)
  }
}

/** A rule that the kernel did not take. */
export interface RefusedDevices {
  readonly service: string
  /** The rule as it was written. */
  readonly refused: string
  readonly file: string
}

/** Returns the error for a rule whose write failed with `error`. */
export function devicesRefused({ service, refused, file }: RefusedDevices, error: unknown): TcomposeError {
  const reason = errnoNameOf(error) ?? String(error)
  return new TcomposeError(
    'cgroup',
    `Cannot allow devices "${refused}" to service "${service}": ${file}: ${reason}`,
    {
      ...(reason === 'EPERM' && {
        hint: 'The control group that tcompose runs in may not use them itself: give them to the machine or container that it runs in',
      }),
      origin: servicePath(service),
      cause: error,
    },
  )
}

function isWritten(files: CgroupFiles, file: string, text: string): boolean {
  try {
    files.write(file, text)
    return true
  } catch {
    return false
  }
}
