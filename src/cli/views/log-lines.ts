import type { LogLine } from '../../app/index.ts'
import { type Paint, prefixPaint } from './palette.ts'

export interface LogViewOptions {
  readonly isColored: boolean
  readonly hasPrefix: boolean
  readonly hasTimestamps: boolean
}

/**
 * Returns a function that turns log lines into text for the stream that each is from, as `web-1  | text`. `names` are
 * the containers that may speak, so that the prefixes line up from the first line on; each keeps one colour. Prefix and
 * time are shown once for a line that comes in pieces, unless another line comes between them.
 */
export function logLines(names: readonly string[], options: LogViewOptions): (line: LogLine) => string {
  const prefixOf = options.hasPrefix ? logPrefixes(names, options) : () => ''
  const open = new Map<LogLine['stream'], string>()
  return line => {
    const { container, stream, time, text, partial = false } = line
    const previous = open.get(stream)
    if (partial) open.set(stream, container)
    else open.delete(stream)
    const end = partial ? '' : '\n'
    if (previous === container) return `${text}${end}`
    const lineBreak = previous === undefined ? '' : '\n'
    return `${lineBreak}${prefixOf(line)}${options.hasTimestamps ? `${time} ` : ''}${text}${end}`
  }
}

function logPrefixes(names: readonly string[], { isColored }: LogViewOptions): (line: LogLine) => string {
  const paints = new Map<string, Paint>()
  let width: number | undefined
  return line => {
    const label = logLabel(line)
    const paint = paints.get(line.name) ?? prefixPaint(paints.size, isColored)
    paints.set(line.name, paint)
    width = Math.max(width ?? labelWidth(names, line), label.length)
    return `${paint(`${label.padEnd(width)}  |`)} `
  }
}

/** A container that the file names itself keeps its name; any other is known by its service and number. */
function logLabel({ name, service, number }: LogLine): string {
  return name.endsWith(`-${service}-${number}`) ? `${service}-${number}` : name
}

/** The project's name shows in the first line: it is what its container's name has before the label. */
function labelWidth(names: readonly string[], line: LogLine): number {
  const project = line.name.slice(0, line.name.length - logLabel(line).length)
  return Math.max(
    0,
    ...names.map(name => (name.startsWith(project) ? name.length - project.length : name.length)),
  )
}
