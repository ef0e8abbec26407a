import { release } from 'node:os'
import { TcomposeError } from '../../../base/tcompose-error.ts'
import type { SeccompChoice, Service } from '../../../model/service.ts'
import type { SeccompSpec } from '../../../oci/runtime-spec.ts'
import { type CapabilitySet, grantedCapabilities } from '../../../runtime/capabilities.ts'
import { DEFAULT_PROFILE, type SeccompProfile } from '../../../runtime/seccomp/default-profile.ts'
import { withFixedProjects } from '../../../runtime/seccomp/fixed-projects.ts'
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

/**
 * Returns a container's seccomp filter; undefined where the file asks for none. A privileged one has that of its file only.
 * By default one whose layer is limited cannot put its files out of reach of the limit.
 *
 * @throws {TcomposeError} `bad-value` for a profile that is too long for the kernel.
 */
export async function containerSeccomp(
  { security, storageSize }: Pick<Service, 'security' | 'storageSize'>,
  { capabilities: hostCapabilities, filtersFolder }: Pick<EngineHost, 'capabilities' | 'filtersFolder'>,
): Promise<SeccompFilter | undefined> {
  const capabilities = grantedCapabilities(security, hostCapabilities)
  const { seccomp } = security
  if (seccomp.kind === 'profile') return await fileFilter(seccomp, capabilities)
  if (security.privileged || seccomp.kind === 'unconfined') return undefined
  if (storageSize !== undefined) return await profileFilter(withFixedProjects(DEFAULT_PROFILE), capabilities)
  const known = read.get(capabilities)
  if (known !== undefined) return known
  const filter =
    readStoredFilter(filtersFolder, MACHINE, capabilities) ??
    (await import('../../../runtime/seccomp/seccomp-filter.ts')).seccompFilter(MACHINE, capabilities)
  const made = { profile: seccompSpec(DEFAULT_PROFILE, { machine: MACHINE, capabilities }), filter }
  read.set(capabilities, made)
  return made
}

async function profileFilter(profile: SeccompProfile, capabilities: CapabilitySet): Promise<SeccompFilter> {
  const { compileFilter } = await import('../../../runtime/seccomp/seccomp-filter.ts')
  return {
    profile: seccompSpec(profile, { machine: MACHINE, capabilities }),
    filter: compileFilter(profile, MACHINE, capabilities),
  }
}

async function fileFilter(
  { file, profile }: Extract<SeccompChoice, { kind: 'profile' }>,
  capabilities: CapabilitySet,
): Promise<SeccompFilter> {
  const { resolvedProfile, resolvedSpec } = await import('../../../runtime/seccomp/resolve-profile.ts')
  const { compileFilter } = await import('../../../runtime/seccomp/seccomp-filter.ts')
  const on = { machine: MACHINE, capabilities, kernelRelease: release() } as const
  try {
    return {
      profile: resolvedSpec(profile, on),
      filter: compileFilter(resolvedProfile(profile, on), MACHINE, capabilities),
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    const message = `Cannot use seccomp profile "${file}": it is longer than the kernel takes`
    throw new TcomposeError('bad-value', message, { cause: error })
  }
}
