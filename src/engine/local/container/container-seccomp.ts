import type { SecuritySettings } from '../../../model/service.ts'
import type { SeccompSpec } from '../../../oci/runtime-spec.ts'
import { type CapabilitySet, grantedCapabilities } from '../../../runtime/capabilities.ts'
import { DEFAULT_PROFILE } from '../../../runtime/seccomp/default-profile.ts'
import { seccompSpec } from '../../../runtime/seccomp/seccomp-spec.ts'
import { readStoredFilter } from '../../../runtime/seccomp/stored-filter.ts'
import type { EngineHost } from '../host/engine-host.ts'

/** What a process may ask of the kernel. */
export interface SeccompFilter {
  readonly profile: SeccompSpec
  /** The profile as the kernel takes it: an array of struct sock_filter. */
  readonly filter: Uint8Array
}

const MACHINE = process.arch === 'arm64' ? 'arm64' : 'x64'
const read = new Map<CapabilitySet, SeccompFilter>()

/** Returns a container's seccomp filter; undefined where the file asks for none. */
export async function containerSeccomp(
  security: SecuritySettings,
  { capabilities: hostCapabilities, filtersFolder }: Pick<EngineHost, 'capabilities' | 'filtersFolder'>,
): Promise<SeccompFilter | undefined> {
  if (security.privileged || security.seccomp.kind === 'unconfined') return undefined
  const capabilities = grantedCapabilities(security, hostCapabilities)
  const known = read.get(capabilities)
  if (known !== undefined) return known
  const filter =
    readStoredFilter(filtersFolder, MACHINE, capabilities) ??
    (await import('../../../runtime/seccomp/seccomp-filter.ts')).seccompFilter(MACHINE, capabilities)
  const made = { profile: seccompSpec(DEFAULT_PROFILE, { machine: MACHINE, capabilities }), filter }
  read.set(capabilities, made)
  return made
}
