import type { Diagnostic } from '../../base/diagnostic.ts'
import { entriesOf } from '../document/node.ts'
import { readRestartPolicy } from '../project/read-restart-policy.ts'
import { eachService, entriesAt, errorAt, type Rule, textAt } from './rule-context.ts'

/** What others wait for to complete is not started again whenever it ends. */
export const checkCompletions: Rule = input =>
  eachService(input, (service, name) =>
    [...entriesAt(service, 'depends_on')].flatMap(([dependency, { value }]): readonly Diagnostic[] => {
      if (value.kind !== 'map' || textAt(value, 'condition') !== 'service_completed_successfully') return []
      const target = input.services.get(dependency)
      const policy = target === undefined ? 'no' : readRestartPolicy(target).kind
      if (policy !== 'always' && policy !== 'unless-stopped') return []
      const message = `Service "${name}" waits for "${dependency}" to complete, which its restart policy "${policy}" starts again whenever it ends`
      const hint = `Write "restart: on-failure" or "restart: no" for "${dependency}"`
      const condition = entriesOf(value).get('condition')?.value ?? value
      return [{ ...errorAt(condition, 'conflicting-keys', { message, hint }), severity: 'warning' }]
    }),
  )
