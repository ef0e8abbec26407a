import { sha256Bytes } from '../host/sha256.ts'
import { type ChainRule, type FirewallRequest, firewallRules } from './firewall-rules.ts'

/** A rule with a mark that the kernel keeps with it. */
export interface StampedRule extends ChainRule {
  /** The hash of all rules, and the rule's number among them. */
  readonly stamp: Buffer
}

const HASH_BYTES = 8

/**
 * Returns the rules of a project, each marked with what they are together: whoever adds, removes, moves or changes one
 * leaves a list of marks that is not this one. The kernel returns a rule in another form than it was given.
 */
export function stampedRules(request: FirewallRequest): readonly StampedRule[] {
  const rules = firewallRules(request)
  const content = rules.flatMap(({ chain, match }) => [Buffer.from(chain), ...match])
  const hash = sha256Bytes(Buffer.concat(content)).subarray(0, HASH_BYTES)
  return rules.map((rule, index) => {
    const number = Buffer.alloc(4)
    number.writeUInt32BE(index)
    return { ...rule, stamp: Buffer.concat([hash, number]) }
  })
}
