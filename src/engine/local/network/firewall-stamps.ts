import { checksumOf } from '../../../disk/checksum.ts'
import { type ChainRule, type FirewallRequest, firewallRules } from './firewall-rules.ts'

/** A rule with a mark that the kernel keeps with it. */
export interface StampedRule extends ChainRule {
  /** The checksum of all rules, and the rule's number among them. */
  readonly stamp: Buffer
}

/**
 * Returns the rules of a project, each marked with what they are together: whoever adds, removes, moves or changes one
 * leaves a list of marks that is not this one. The kernel returns a rule in another form than it was given.
 */
export function stampedRules(request: FirewallRequest): readonly StampedRule[] {
  const rules = firewallRules(request)
  const content = rules.flatMap(({ chain, match }) => [Buffer.from(chain), ...match])
  const checksum = Buffer.from(checksumOf(Buffer.concat(content).toString('latin1')), 'hex')
  return rules.map((rule, index) => {
    const number = Buffer.alloc(4)
    number.writeUInt32BE(index)
    return { ...rule, stamp: Buffer.concat([checksum, number]) }
  })
}
