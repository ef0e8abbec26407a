import type { Diagnostic } from '../../base/diagnostic.ts'
import { suggestOneOf } from '../../base/did-you-mean.ts'
import { parseGoBool } from '../../base/parse-go-bool.ts'
import { itemsOf, type Node, stringOf } from '../document/node.ts'
import { type SecurityOption, splitSecurityOption } from '../seccomp/split-security-option.ts'
import { eachService, errorAt, type Rule, valueAt } from './rule-context.ts'

/** Security options are known, with a value that they may have. */
export const checkSecurityOptions: Rule = input =>
  eachService(input, (service, name) =>
    itemsOf(valueAt(service, 'security_opt')).flatMap(item => problem(item, name)),
  )

const OPTIONS = [
  'apparmor',
  'label',
  'no-new-privileges',
  'seccomp',
  'systempaths',
  'writable-cgroups',
] as const

function problem(item: Node, service: string): readonly Diagnostic[] {
  const text = stringOf(item)
  if (text === undefined) return []
  const option = splitSecurityOption(text)
  const cannot = `Cannot use security option "${text}" of service "${service}"`
  if (!OPTIONS.some(known => known === option.name)) {
    const hint = suggestOneOf(option.name, OPTIONS)
    return [errorAt(item, 'bad-value', { message: `${cannot}: there is no such option`, hint })]
  }
  const expected = expectedOf(option)
  return expected === undefined
    ? []
    : [errorAt(item, 'bad-value', { message: `${cannot}: expected ${expected}` })]
}

/** Returns what is expected in place of `option`; undefined for one that is as it should be. */
function expectedOf({ name, value }: SecurityOption): string | undefined {
  switch (name) {
    case 'no-new-privileges':
      return value === undefined || parseGoBool(value) !== undefined ? undefined : '"true" or "false"'
    case 'writable-cgroups':
      return value !== undefined && parseGoBool(value) !== undefined ? undefined : '"true" or "false"'
    case 'systempaths':
      return value === 'unconfined' ? undefined : '"systempaths=unconfined"'
    case 'seccomp':
      return value ? undefined : '"seccomp=FILE" or "seccomp=unconfined"'
    case 'apparmor':
      return value ? undefined : '"apparmor=PROFILE" or "apparmor=unconfined"'
    case 'label':
      return value ? undefined : '"label=disable" or "label=KIND:VALUE"'
    default:
      return undefined
  }
}
