import { parseDecimalBytes } from '../../base/bytes.ts'
import type { Diagnostic } from '../../base/diagnostic.ts'
import { suggestOneOf } from '../../base/did-you-mean.ts'
import { parseGoBool } from '../../base/parse-go-bool.ts'
import { isTagTemplate } from '../../model/log-target.ts'
import type { Entry, MapNode } from '../document/node.ts'
import { parseFacility, parseSyslogAddress, SYSLOG_FORMATS } from '../project/read-log-target.ts'
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
const OF_CACHE = [
  'cache-disabled',
  'cache-max-size',
  'cache-max-file',
  'cache-compress',
  'mode',
  'max-buffer-size',
] as const
const DETAILS = ['labels', 'labels-regex', 'env', 'env-regex', 'tag'] as const

/** What docker takes for each driver; with `none` it takes anything. */
const OPTIONS_OF_DRIVERS: ReadonlyMap<string, readonly string[]> = new Map<string, readonly string[]>([
  ['json-file', [...OF_FILES, ...DETAILS]],
  ['local', OF_FILES],
  ['journald', [...OF_CACHE, ...DETAILS]],
  ['syslog', [...OF_CACHE, ...DETAILS, 'syslog-address', 'syslog-facility', 'syslog-format']],
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
  const reason = EFFECTIVE.get(driver)?.includes(option) === true ? undefined : WITHOUT_EFFECT.get(option)
  if (reason !== undefined) return [withoutEffect(place, reason)]
  const expected = expectedOf(option, String(entry.value.kind === 'scalar' ? entry.value.value : ''))
  if (expected === undefined) return []
  const message = `Cannot use log option "${option}" of service "${name}": expected ${expected}`
  return [errorAt(entry.value, 'bad-value', { message })]
}

/** Options whose details a driver passes on. */
const EFFECTIVE: ReadonlyMap<string, readonly string[]> = new Map([
  ['journald', ['labels', 'env', 'tag']],
  ['syslog', ['tag']],
])

const WITHOUT_EFFECT: ReadonlyMap<string, string> = new Map<string, string>([
  ['mode', 'a container waits for its log, and no line is dropped'],
  ['max-buffer-size', 'no line waits in memory'],
  ['cache-disabled', '"logs" reads what is kept'],
  ...DETAILS.map(option => [option, 'details of lines are not passed on'] as const),
])

function withoutEffect({ option, entry, name }: OptionPlace, reason: string): Diagnostic {
  const message = `Ignoring log option "${option}" of service "${name}": ${reason}`
  return { ...errorAt({ span: entry.keySpan }, 'no-effect-key', { message }), severity: 'warning' }
}

/** Returns what an option takes, or undefined if it takes `text`. */
function expectedOf(option: string, text: string): string | undefined {
  switch (option) {
    case 'max-size':
    case 'cache-max-size':
      return isSize(text) ? undefined : 'a size such as 10m, not 0'
    case 'max-file':
    case 'cache-max-file':
      return /^[1-9]\d{0,8}$/.test(text) ? undefined : 'a count of 1 or more'
    case 'compress':
    case 'cache-compress':
      return parseGoBool(text) === undefined ? 'true or false' : undefined
    case 'tag':
      return isTagTemplate(text) ? undefined : 'text with {{.ID}}, {{.FullID}}, {{.Name}} or {{.ImageName}}'
    case 'syslog-address':
      return parseSyslogAddress(text) === undefined
        ? 'an address such as udp://logs.example.com:514, tcp://10.0.0.1 or unix:///dev/log'
        : undefined
    case 'syslog-facility':
      return parseFacility(text) === undefined ? 'a facility such as daemon or local0' : undefined
    case 'syslog-format':
      return SYSLOG_FORMATS.has(text) ? undefined : [...SYSLOG_FORMATS.keys()].join(' or ')
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
