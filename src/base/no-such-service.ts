import type { Diagnostic } from './diagnostic.ts'
import { suggestOneOf } from './did-you-mean.ts'

/** Says that the user has named to a command what is no service of the project; `known` are those that are. */
export function noSuchService(name: string, known: readonly string[]): Diagnostic {
  const hint = suggestOneOf(name, known)
  return {
    severity: 'error',
    code: 'no-such-service',
    message: `Cannot select a service: no such service: ${name}`,
    ...(hint === undefined ? {} : { hint }),
  }
}
