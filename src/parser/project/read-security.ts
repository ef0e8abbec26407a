import type { SecuritySettings } from '../../model/service.ts'
import type { MapNode } from '../document/node.ts'
import { flagAt, listAtKey } from './read-values.ts'

/** Reads what a service may do. The later of two contrary options wins. */
export function readSecurity(service: MapNode): SecuritySettings {
  const options = (listAtKey(service, 'security_opt') ?? []).map(option => option.replace(':', '='))
  const noNewPrivileges = options.filter(option => option.startsWith('no-new-privileges')).at(-1)
  return {
    privileged: flagAt(service, 'privileged') ?? false,
    capAdd: (listAtKey(service, 'cap_add') ?? []).map(capabilityName),
    capDrop: (listAtKey(service, 'cap_drop') ?? []).map(capabilityName),
    noNewPrivileges: noNewPrivileges !== undefined && !noNewPrivileges.endsWith('=false'),
    seccomp: options.includes('seccomp=unconfined') ? { kind: 'unconfined' } : { kind: 'default' },
    unmaskSystemPaths: options.includes('systempaths=unconfined'),
  }
}

function capabilityName(text: string): string {
  return text.toUpperCase().replace(/^CAP_/, '')
}
