import { parseDecimalBytes } from '../../base/bytes.ts'
import type { Diagnostic } from '../../base/diagnostic.ts'
import { suggestOneOf } from '../../base/did-you-mean.ts'
import { parseGoBool } from '../../base/parse-go-bool.ts'
import type { Entry, MapNode } from '../document/node.ts'
import { readLogging } from '../project/read-logging.ts'
import { eachService, entriesAt, errorAt, type Rule, textAt } from './rule-context.ts'

/** Options of logs are those that the driver has, and have values that mean something. */
export const checkLogging: Rule = input =>
  eachService(input, (service, name) => {
    const logging = service.entries.get('logging')?.value
    if (logging?.kind !== 'map') return []
    const driver = textAt(logging, 'driver') || 'json-file'
    const known = OPTIONS_OF_DRIVERS.get(driver)
    if (known === undefined) return []
    const options = entriesAt(logging, 'options')
    return [
      ...[...options].flatMap(([option, entry]) => optionProblems({ option, entry, driver, known, name })),
      ...nothingToPack(service, options, name),
    ]
  })

const OF_FILES = ['max-size', 'max-file', 'compress', 'mode', 'max-buffer-size'] as const
const DETAILS = ['labels', 'labels-regex', 'env', 'env-regex', 'tag'] as const

/** What docker takes for each driver; with `none` it takes anything. */
const OPTIONS_OF_DRIVERS: ReadonlyMap<string, readonly string[]> = new Map<string, readonly string[]>([
  ['json-file', [...OF_FILES, ...DETAILS]],
  ['local', OF_FILES],
])

interface OptionPlace {
  readonly option: string
  readonly entry: Entry
  readonly driver: string
  /** Options that the driver has. */
  readonly known: readonly string[]
  /** Of the service. */
  readonly name: string
}

function optionProblems(place: OptionPlace): readonly Diagnostic[] {
  const { option, entry, driver, known, name } = place
  if (!known.includes(option)) {
    const message = `Cannot use log option "${option}" of service "${name}": driver "${driver}" has no such option`
    return [errorAt({ span: entry.keySpan }, 'bad-value', { message, hint: suggestOneOf(option, known) })]
  }
  const reason = WITHOUT_EFFECT.get(option)
  if (reason !== undefined) return [withoutEffect(place, reason)]
  const expected = expectedOf(option, String(entry.value.kind === 'scalar' ? entry.value.value : ''))
  if (expected === undefined) return []
  const message = `Cannot use log option "${option}" of service "${name}": expected ${expected}`
  return [errorAt(entry.value, 'bad-value', { message })]
}

const WITHOUT_EFFECT: ReadonlyMap<string, string> = new Map<string, string>([
  ['mode', 'a container waits for its log, and no line is dropped'],
  ['max-buffer-size', 'no line waits in memory'],
  ...DETAILS.map(option => [option, '"logs" shows no details of lines'] as const),
])

function withoutEffect({ option, entry, name }: OptionPlace, reason: string): Diagnostic {
  const message = `Ignoring log option "${option}" of service "${name}": ${reason}`
  return { ...errorAt({ span: entry.keySpan }, 'no-effect-key', { message }), severity: 'warning' }
}

/** Returns what an option takes, or undefined if it takes `text`. */
function expectedOf(option: string, text: string): string | undefined {
  switch (option) {
    case 'max-size':
      return isSize(text) ? undefined : 'a size such as 10m, not 0'
    case 'max-file':
      return /^[1-9]\d{0,8}$/.test(text) ? undefined : 'a count of 1 or more'
    case 'compress':
      return parseGoBool(text) === undefined ? 'true or false' : undefined
    default:
      return undefined
  }
}

function isSize(text: string): boolean {
  try {
    return parseDecimalBytes(text) > 0
  } catch {
    return false
  }
}

/** Only full files are compressed, and there may never be one. */
function nothingToPack(
  service: MapNode,
  options: ReadonlyMap<string, Entry>,
  name: string,
): readonly Diagnostic[] {
  const compress = options.get('compress')
  const { logging } = readLogging(service)
  if (compress?.value.kind !== 'scalar' || parseGoBool(String(compress.value.value)) !== true) return []
  if (logging?.kind === 'file' && logging.limits !== undefined && logging.limits.maxFiles > 1) return []
  return [
    errorAt(compress.value, 'bad-value', {
      message: `Cannot compress the logs of service "${name}": no full file is kept`,
      hint: 'Set "max-size", and "max-file" to 2 or more',
    }),
  ]
}
