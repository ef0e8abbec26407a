import { eachService, errorAt, type Rule, textAt, valueAt } from './rule-context.ts'

/** What a program may be called: nothing that leads to a folder, and no option. */
const PROGRAM = /^[A-Za-z0-9][A-Za-z0-9_.+-]*$/

/** A provider is a plugin of Docker or a program on PATH, never a path. */
export const checkProviders: Rule = input =>
  eachService(input, (service, name) => {
    const provider = valueAt(service, 'provider')
    if (provider?.kind !== 'map') return []
    const type = textAt(provider, 'type') ?? ''
    const at = valueAt(provider, 'type') ?? provider
    if (type !== 'compose' && PROGRAM.test(type)) return []
    const message = `Cannot use provider "${type}" of service "${name}": ${
      type === 'compose' ? 'it is docker compose itself' : 'it is no name of a program'
    }`
    return [errorAt(at, 'bad-value', { message, hint: 'Name a plugin of docker or a program on PATH' })]
  })
