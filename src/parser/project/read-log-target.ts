import {
  type LogTarget,
  SYSLOG_FACILITIES,
  type SyslogAddress,
  type SyslogFormat,
} from '../../model/log-target.ts'
import type { MapNode } from '../document/node.ts'
import { textAt } from '../rules/rule-context.ts'

const DEFAULT_TAG = '{{.ID}}'
const LOCAL_SOCKET: SyslogAddress = { kind: 'unix', path: '/dev/log' }
const DAEMON = SYSLOG_FACILITIES.indexOf('daemon')
const SYSLOG_PORT = 514

/** Reads where the lines of a log go besides the log; undefined for a driver that keeps them alone. */
export function readLogTarget(driver: string, options: MapNode): LogTarget | undefined {
  const tag = textAt(options, 'tag') ?? DEFAULT_TAG
  if (driver === 'journald') {
    return { kind: 'journald', tag, labels: namesAt(options, 'labels'), variables: namesAt(options, 'env') }
  }
  if (driver !== 'syslog') return undefined
  const address = parseSyslogAddress(textAt(options, 'syslog-address') ?? '') ?? LOCAL_SOCKET
  return {
    ...{ kind: 'syslog', tag, address },
    facility: parseFacility(textAt(options, 'syslog-facility') ?? '') ?? DAEMON,
    format: SYSLOG_FORMATS.get(textAt(options, 'syslog-format') ?? '') ?? 'local',
  }
}

/** The formats that docker has, by its name. */
export const SYSLOG_FORMATS: ReadonlyMap<string, SyslogFormat> = new Map([
  ['rfc3164', 'rfc3164'],
  ['rfc5424', 'rfc5424'],
  ['rfc5424micro', 'rfc5424micro'],
])

/** Reads `udp://logs:514`, `tcp://[::1]`, `unix:///dev/log` or `unixgram:///dev/log`; undefined for anything else. */
export function parseSyslogAddress(text: string): SyslogAddress | undefined {
  const path = /^unix(?:gram)?:\/\/(\/.*)$/.exec(text)?.[1]
  if (path !== undefined) return { kind: 'unix', path }
  const [, kind, bracketed, name, digits] =
    /^(udp|tcp):\/\/(?:\[([0-9a-f:.]+)\]|([^:/[\]]+))(?::(\d{1,5}))?$/i.exec(text) ?? []
  const port = digits === undefined ? SYSLOG_PORT : Number(digits)
  const host = bracketed ?? name
  if ((kind !== 'udp' && kind !== 'tcp') || host === undefined || port < 1 || port > 65_535) return undefined
  return { kind, host, port }
}

/** Reads the name or the number of a facility. */
export function parseFacility(text: string): number | undefined {
  const number = /^\d{1,2}$/.test(text) ? Number(text) : SYSLOG_FACILITIES.indexOf(text)
  return number >= 0 && number < SYSLOG_FACILITIES.length ? number : undefined
}

function namesAt(options: MapNode, key: string): readonly string[] {
  return (textAt(options, key) ?? '')
    .split(',')
    .map(name => name.trim())
    .filter(name => name !== '')
}
