import type { Diagnostic } from '../../base/diagnostic.ts'
import { suggestOneOf } from '../../base/did-you-mean.ts'
import { type Node, nodeAt, stringOf } from '../document/node.ts'
import { eachService, errorAt, type Rule, valueAt } from './rule-context.ts'

const POLICIES = ['no', 'always', 'on-failure', 'unless-stopped']
const CONDITIONS = ['none', 'on-failure', 'any']

/** Those, none at all, and that of `restart:`, which docker compose takes here too. */
const KNOWN_CONDITIONS = [...CONDITIONS, '', 'unless-stopped']

/** Restart policies are ones that exist. */
export const checkRestart: Rule = input =>
  eachService(input, (service, name) => {
    const restart = valueAt(service, 'restart')
    const policy = stringOf(restart)
    const condition = nodeAt(service, ['deploy', 'restart_policy', 'condition'])
    const word = stringOf(condition)
    return [
      ...(restart === undefined || policy === undefined || policy === '' || isPolicy(policy)
        ? []
        : [
            errorAt(restart, 'bad-value', {
              message: `Cannot use restart policy "${policy}" of service "${name}": expected "no", "always", "on-failure[:count]" or "unless-stopped"`,
              hint: suggestOneOf(policy, POLICIES),
            }),
          ]),
      ...(condition !== undefined && word === 'unless-stopped' ? [foreignCondition(condition, name)] : []),
      ...(condition === undefined || word === undefined || KNOWN_CONDITIONS.includes(word)
        ? []
        : [
            errorAt(condition, 'bad-value', {
              message: `Cannot use restart condition "${word}" of service "${name}": expected "none", "on-failure" or "any"`,
              hint: suggestOneOf(word, CONDITIONS),
            }),
          ]),
    ]
  })

function foreignCondition(condition: Node, name: string): Diagnostic {
  const message = `Restart condition "unless-stopped" of service "${name}" belongs to "restart:", expected "none", "on-failure" or "any"`
  const hint = 'Write "restart: unless-stopped" instead of "deploy.restart_policy"'
  return { ...errorAt(condition, 'bad-value', { message, hint }), severity: 'warning' }
}

function isPolicy(text: string): boolean {
  return POLICIES.includes(text) || /^on-failure:\d{1,9}$/.test(text)
}
