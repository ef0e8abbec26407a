import type { LogEvent, LogLine, LogOrigin, RunEnd } from '../../app/index.ts'
import { displayWidth, padColumns } from '../../base/display-width.ts'
import { type Paint, prefixPaint } from './palette.ts'
import { safeLine } from './safe-text.ts'

export interface LogViewOptions {
  readonly isColored: boolean
  readonly hasPrefix: boolean
  readonly hasTimestamps: boolean
}

/** What to write, and to which of the standard streams. */
export interface LogText {
  readonly stream: LogLine['stream']
  readonly text: string
}

/**
 * Returns a function that formats log lines as `web-1  | text` for the stream that they were written to, and exits as
 * `web-1 exited with code 0` for standard output. `names` are the containers that may write, so that prefixes are
 * aligned from the first line on; each keeps one colour. A line that arrives in pieces has one prefix and time, unless
 * another line comes between the pieces. Lines of hooks are those of `web-1 ->`, as Docker Compose shows them.
 */
export function logView(names: readonly string[], options: LogViewOptions): (event: LogEvent) => LogText {
  const labels = logLabels(names, options)
  const prefixOf = options.hasPrefix ? labels.prefix : () => ''
  const open = new Map<LogLine['stream'], string>()
  return event => {
    const stream = event.kind === 'end' ? 'stdout' : event.stream
    const previous = open.get(stream)
    const isPartial = event.kind === 'line' && event.partial === true
    if (isPartial) open.set(stream, event.container)
    else open.delete(stream)
    const end = isPartial ? '' : '\n'
    if (event.kind === 'line' && !event.isHook && previous === event.container)
      return { stream, text: `${event.text}${end}` }
    const start = previous === undefined ? '' : '\n'
    return { stream, text: `${start}${wholeText(event)}${end}` }
  }

  function wholeText(event: LogEvent): string {
    if (event.kind === 'end') return labels.paint(event)(endText(event))
    return `${prefixOf(event)}${options.hasTimestamps ? `${event.time} ` : ''}${event.text}`
  }
}

function endText(end: RunEnd): string {
  const code = end.exitCode === undefined ? 'an unknown code' : `code ${end.exitCode}`
  const memory = end.outOfMemory ? ' (out of memory)' : ''
  return `${safeLine(logLabel(end))} exited with ${code}${memory}${end.isRestarting ? ' (restarting)' : ''}`
}

interface LogLabels {
  readonly paint: (origin: LogOrigin) => Paint
  readonly prefix: (line: LogLine) => string
}

function logLabels(names: readonly string[], { isColored }: LogViewOptions): LogLabels {
  const paints = new Map<string, Paint>()
  let width: number | undefined
  const paint = ({ name }: LogOrigin): Paint => {
    const known = paints.get(name) ?? prefixPaint(paints.size, isColored)
    paints.set(name, known)
    return known
  }
  return {
    paint,
    prefix: line => {
      const label = `${logLabel(line)}${line.isHook ? ' ->' : ''}`
      width = Math.max(width ?? labelWidth(names, line), displayWidth(label))
      return `${paint(line)(`${padColumns(label, width)}  |`)} `
    },
  }
}

/** Returns the label of a container: its name if the file sets one, otherwise its service and number. */
export function logLabel({ name, service, number }: Omit<LogOrigin, 'container'>): string {
  const separator = name.at(-1 - String(number).length) ?? ''
  const label = `${service}${separator}${number}`
  return /^[-_]$/.test(separator) && name.endsWith(`${separator}${label}`) ? label : name
}

/** The project's name is the part of a container's name before its label. */
function labelWidth(names: readonly string[], line: LogOrigin): number {
  const project = line.name.slice(0, line.name.length - logLabel(line).length)
  const label = (name: string): string => (name.startsWith(project) ? name.slice(project.length) : name)
  return Math.max(0, ...names.map(name => displayWidth(label(name))))
}
