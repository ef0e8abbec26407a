/** One line of a CRI log file, or a piece of one. */
export interface CriLine {
  /** RFC 3339 with nanoseconds, UTC. */
  readonly time: string
  readonly stream: 'stdout' | 'stderr'
  /** True: the text goes on in the next line of the same stream. */
  readonly partial: boolean
  readonly text: string
}

const LINE = /^(\S+) (stdout|stderr) ([FP])(?: (.*))?$/s

/** Reads one line of the CRI log format, without its line end; undefined for anything else. */
export function parseCriLine(line: string): CriLine | undefined {
  const [, time, stream, tag, text] = LINE.exec(line) ?? []
  if (time === undefined || (stream !== 'stdout' && stream !== 'stderr')) return undefined
  return { time, stream, partial: tag === 'P', text: text ?? '' }
}
