import type { SecuritySettings } from '../../../model/service.ts'
import { grantedCapabilities } from '../../../runtime/capabilities.ts'
import { readStoredFilter } from '../../../runtime/seccomp/stored-filter.ts'
import type { EngineHost } from '../host/engine-host.ts'

const MACHINE = process.arch === 'arm64' ? 'arm64' : 'x64'
const read = new Map<bigint, Uint8Array>()

/** Returns a container's seccomp filter; undefined where the file asks for none. */
export async function containerSeccomp(
  security: SecuritySettings,
  { capabilities: hostCapabilities, filtersFolder }: Pick<EngineHost, 'capabilities' | 'filtersFolder'>,
): Promise<Uint8Array | undefined> {
  if (security.privileged || security.seccomp.kind === 'unconfined') return undefined
  const capabilities = grantedCapabilities(security, hostCapabilities)
  const known = read.get(capabilities) ?? readStoredFilter(filtersFolder, MACHINE, capabilities)
  const filter =
    known ?? (await import('../../../runtime/seccomp/seccomp-filter.ts')).seccompFilter(MACHINE, capabilities)
  read.set(capabilities, filter)
  return filter
}
