import { objectIn } from '../../base/json-reader.ts'

/** What a provider says on standard output, a line of JSON each. */
export type ProviderMessage =
  | { readonly kind: 'info' | 'error' | 'debug'; readonly message: string }
  | { readonly kind: 'setenv' | 'rawsetenv'; readonly name: string; readonly value: string }
  /** `reason` says what is wrong with the line. */
  | { readonly kind: 'unfit'; readonly reason: string }

/** Reads a line of a provider. */
export function parseProviderMessage(line: string): ProviderMessage {
  const read = objectIn(line)
  if (read === undefined) return unfit('it is no JSON object')
  const { type, message = '' } = read
  if (typeof message !== 'string') return unfit('its "message" is no text')
  switch (type) {
    case 'info':
    case 'error':
    case 'debug':
      return { kind: type, message }
    case 'setenv':
    case 'rawsetenv': {
      const [, name, value] = /^([^=]+)=(.*)$/s.exec(message) ?? []
      if (name === undefined || value === undefined) return unfit('its "message" is not NAME=VALUE')
      return { kind: type, name, value }
    }
    default:
      return unfit('its "type" is none of info, error, debug, setenv and rawsetenv')
  }
}

function unfit(reason: string): ProviderMessage {
  return { kind: 'unfit', reason }
}
