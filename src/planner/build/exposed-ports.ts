import { parseIpAddress } from '../../base/ip-address.ts'
import type { ExposeInstruction } from '../../model/dockerfile.ts'
import { expandWords } from './expand-word.ts'
import { about, InstructionError } from './instruction-error.ts'
import { type StageContext, type StageState, withSettings } from './stage-state.ts'

/** EXPOSE. @throws {InstructionError} If a word is no port. */
export function planExpose(
  state: StageState,
  { ports }: ExposeInstruction,
  context: StageContext,
): StageState {
  const { dockerfile } = context.request
  const exposed = ports.flatMap(word => {
    const texts = about(word, () =>
      expandWords(word.text, name => state.variables.get(name), dockerfile.escape),
    )
    try {
      return texts.flatMap(exposedPorts)
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error
      throw new InstructionError(error.message, { span: word.span })
    }
  })
  const exposedPortSet = new Set([...state.settings.exposedPorts, ...exposed])
  return withSettings(state, { exposedPorts: exposedPortSet }, `EXPOSE [${exposed.join(' ')}]`)
}

const PROTOCOLS: ReadonlySet<string> = new Set(['tcp', 'udp', 'sctp'])
const MOST = 65_535

/**
 * Returns `80/tcp` and the like for what EXPOSE takes: `80`, `80/udp`, `8000-8010`. The part for the host in
 * `8080:80` is read and left out, as BuildKit does.
 *
 * @throws {SyntaxError} If `text` is no port.
 */
export function exposedPorts(text: string): readonly string[] {
  const [address, hostPort, port] = partsOf(text)
  if (address !== '' && parseIpAddress(address) === undefined)
    throw noPort(text, `"${address}" is no IP address`)
  const slash = port.indexOf('/')
  const numbers = slash < 0 ? port : port.slice(0, slash)
  const protocol = (slash < 0 ? '' : port.slice(slash + 1)).toLowerCase() || 'tcp'
  if (!PROTOCOLS.has(protocol)) throw noPort(text, `protocol "${protocol}" is none of tcp, udp and sctp`)
  const range = portRange(numbers)
  const hostRange = hostPort === '' ? range : portRange(hostPort)
  if (range === undefined || hostRange === undefined) {
    throw noPort(text, `it is no port, expected 0 to ${MOST} or a range such as 80-82`)
  }
  const count = range.last - range.first + 1
  if (count !== 1 && hostRange.last - hostRange.first + 1 !== count) {
    throw noPort(text, 'its two ranges are of different lengths')
  }
  return Array.from({ length: count }, (_, index) => `${range.first + index}/${protocol}`)
}

/** The last part is the port within; one for the host and an address may be before it. */
function partsOf(text: string): readonly [address: string, hostPort: string, port: string] {
  const parts = text.split(':')
  const address = parts.slice(0, -2).join(':')
  return [/^\[(.*)\]$/.exec(address)?.[1] ?? address, parts.at(-2) ?? '', parts.at(-1) ?? '']
}

function portRange(text: string): { readonly first: number; readonly last: number } | undefined {
  const [match, first, last = first] = /^(\d+)(?:-(\d+))?$/.exec(text) ?? []
  if (match === undefined) return undefined
  const range = { first: Number(first), last: Number(last) }
  return range.first <= range.last && range.last <= MOST ? range : undefined
}

function noPort(text: string, state: string): SyntaxError {
  return new SyntaxError(`Cannot expose port "${text}": ${state}`)
}
