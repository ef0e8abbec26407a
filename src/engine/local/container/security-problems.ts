import { servicePath } from '../../../base/model-path.ts'
import { TcomposeError } from '../../../base/tcompose-error.ts'
import { readIfPresent } from '../../../disk/record-file.ts'
import type { Service } from '../../../model/service.ts'

/** Returns an error where a service wants to be confined by what this machine does not have. */
export function securityProblems(
  { name, security }: Pick<Service, 'name' | 'security'>,
  read: (path: string) => string | undefined = readIfPresent,
): readonly TcomposeError[] {
  const { apparmor } = security
  if (apparmor === undefined) return []
  const reason = reasonAgainst(apparmor, read)
  if (reason === undefined) return []
  const message = `Cannot confine service "${name}" with AppArmor profile "${apparmor}": ${reason.text}`
  return [
    new TcomposeError('bad-value', message, { hint: reason.hint, origin: servicePath(name, 'security_opt') }),
  ]
}

interface Reason {
  readonly text: string
  readonly hint: string
}

/** The list of profiles is absent where securityfs is not mounted. */
function reasonAgainst(profile: string, read: (path: string) => string | undefined): Reason | undefined {
  if (read('/sys/module/apparmor/parameters/enabled')?.trim() !== 'Y') {
    const hint = 'Remove it, or write "apparmor=unconfined"'
    return { text: 'AppArmor is not enabled on this machine', hint }
  }
  const loaded = read('/sys/kernel/security/apparmor/profiles')
  if (loaded === undefined || loaded.split('\n').some(line => line.startsWith(`${profile} (`)))
    return undefined
  return { text: 'no such profile is loaded', hint: 'Load it with apparmor_parser(8)' }
}
