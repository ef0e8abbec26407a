import type { SecuritySettings } from '../../model/service.ts'
import { type CapabilitySet, grantedCapabilities } from '../container/capabilities.ts'
import { seccompFilter } from '../container/seccomp/seccomp-filter.ts'

/** Returns a container's seccomp filter; undefined where the file asks for none. */
export function containerSeccomp(security: SecuritySettings, host: CapabilitySet): Uint8Array | undefined {
  if (security.privileged || security.seccomp.kind === 'unconfined') return undefined
  const machine = process.arch === 'arm64' ? 'arm64' : 'x64'
  return seccompFilter(machine, grantedCapabilities(security, host))
}
