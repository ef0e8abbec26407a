import { parseGoBool } from '../../base/parse-go-bool.ts'
import type { SeccompChoice, SecuritySettings } from '../../model/service.ts'
import type { MapNode } from '../document/node.ts'
import { type SeccompProfiles, seccompPath } from '../seccomp/read-seccomp-profiles.ts'
import { splitSecurityOption } from '../seccomp/split-security-option.ts'
import { flagAt, listAtKey } from './read-values.ts'

/** Reads what a service may do. The later of two contrary options wins. */
export function readSecurity(service: MapNode, profiles: SeccompProfiles): SecuritySettings {
  const texts = listAtKey(service, 'security_opt') ?? []
  const options = texts.map(splitSecurityOption)
  const lastOf = (wanted: string): string | undefined => {
    const found = options.findLast(({ name }) => name === wanted)
    return found === undefined ? undefined : (found.value ?? 'true')
  }
  const apparmor = lastOf('apparmor')
  return {
    privileged: flagAt(service, 'privileged') ?? false,
    capAdd: (listAtKey(service, 'cap_add') ?? []).map(capabilityName),
    capDrop: (listAtKey(service, 'cap_drop') ?? []).map(capabilityName),
    noNewPrivileges: isTrue(lastOf('no-new-privileges')),
    seccomp: seccompChoice(
      texts.findLast(text => splitSecurityOption(text).name === 'seccomp'),
      profiles,
    ),
    unmaskSystemPaths: lastOf('systempaths') === 'unconfined',
    ...(apparmor !== undefined && apparmor !== 'unconfined' && { apparmor }),
    ...(isTrue(lastOf('writable-cgroups')) && { writableCgroups: true }),
  }
}

function isTrue(text: string | undefined): boolean {
  return text !== undefined && parseGoBool(text) === true
}

function seccompChoice(option: string | undefined, profiles: SeccompProfiles): SeccompChoice {
  const file = seccompPath(option)
  const profile = file === undefined ? undefined : profiles.get(file)
  if (file !== undefined && profile !== undefined) return { kind: 'profile', file, profile }
  return option !== undefined && splitSecurityOption(option).value === 'unconfined'
    ? { kind: 'unconfined' }
    : { kind: 'default' }
}

function capabilityName(text: string): string {
  return text.toUpperCase().replace(/^CAP_/, '')
}
