import type { Word } from '../../../model/dockerfile.ts'
import type { Check } from './check.ts'

/** The protocol of EXPOSE is in lower case. */
export const exposeProtoCasing: Check = {
  name: 'ExposeProtoCasing',
  find: dockerfile =>
    dockerfile.stages.flatMap(({ instructions }) =>
      instructions
        .flatMap(instruction => (instruction.kind === 'expose' ? instruction.ports : []))
        .flatMap(port => {
          const protocol = protocolOf(port)
          if (protocol === protocol.toLowerCase()) return []
          const message = `protocol "${protocol}" is not in lower case`
          return [{ message, span: port.span, hint: `write "${protocol.toLowerCase()}"` }]
        }),
    ),
}

/** EXPOSE has neither an address nor a port of the host. */
export const exposeInvalidFormat: Check = {
  name: 'ExposeInvalidFormat',
  find: dockerfile =>
    dockerfile.stages.flatMap(({ instructions }) =>
      instructions
        .flatMap(instruction => (instruction.kind === 'expose' ? instruction.ports : []))
        .flatMap(port => {
          const text = withoutBraces(port)
          const last = text.lastIndexOf(':')
          if (text.slice(0, Math.max(0, last)).replaceAll(':', '') === '') return []
          const message = `"${port.text}" has an address or a port of the host`
          return [{ message, span: port.span, hint: `write "${text.slice(last + 1)}"` }]
        }),
    ),
}

function protocolOf(port: Word): string {
  const text = withoutBraces(port)
  const slash = text.indexOf('/', text.lastIndexOf(':') + 1)
  const protocol = slash === -1 ? '' : text.slice(slash + 1)
  return /^[a-z]+$/i.test(protocol) ? protocol : ''
}

/** Variables may have colons and slashes between their braces. */
function withoutBraces({ text }: Word): string {
  return text.replaceAll(/\$\{[^{}]*\}/g, '$')
}
