import type { RegistrySettings } from './registry-settings.ts'

/** Returns `settings` with `hosts` marked insecure: any certificate will do, and plain http where there is no TLS. */
export function insecurely(settings: RegistrySettings, hosts: readonly string[]): RegistrySettings {
  const marked = hosts.map(
    host => [host, { mirrors: [], ca: undefined, ...settings.get(host), insecure: true }] as const,
  )
  return new Map([...settings, ...marked])
}
