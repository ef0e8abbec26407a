import type { SyslogFormat } from '../../../../model/log-target.ts'
import { type ForwardedLine, type LineOrigin, severityOf } from './forwarded-line.ts'

export interface SyslogOptions {
  readonly facility: number
  readonly format: SyslogFormat
  readonly hostname: string
}

/** Returns a line as a message of syslog. */
export function syslogMessage(
  line: ForwardedLine,
  { tag, pid }: Pick<LineOrigin, 'tag' | 'pid'>,
  { facility, format, hostname }: SyslogOptions,
): string {
  const priority = `<${facility * 8 + severityOf(line)}>`
  switch (format) {
    case 'local':
      return `${priority}${stamp(line.time)} ${tag}[${pid}]: ${line.text}`
    case 'rfc3164':
      return `${priority}${stamp(line.time)} ${hostname} ${tag}[${pid}]: ${line.text}`
    case 'rfc5424':
      return `${priority}1 ${line.time.slice(0, 19)}Z ${hostname} ${name(tag)} ${pid} ${name(tag)} - ${line.text}`
    case 'rfc5424micro':
      return `${priority}1 ${line.time.slice(0, 26)}Z ${hostname} ${name(tag)} ${pid} ${name(tag)} - ${line.text}`
  }
}

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')

/** Returns e.g. `Nov  3 08:05:09`, a time of this machine's zone: RFC 3164, 4.1.2. */
function stamp(time: string): string {
  const at = new Date(time)
  const clock = [at.getHours(), at.getMinutes(), at.getSeconds()].map(part => String(part).padStart(2, '0'))
  return `${MONTHS[at.getMonth()]} ${String(at.getDate()).padStart(2)} ${clock.join(':')}`
}

/** RFC 5424, 6: a name is of printable characters without a space, 48 at most. */
function name(tag: string): string {
  return tag.replaceAll(/[^!-~]/g, '_').slice(0, 48) || '-'
}
