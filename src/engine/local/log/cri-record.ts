/** One record of a CRI log file: a line that a container wrote, or a part of one. */
export interface CriRecord {
  /** RFC 3339 with nanoseconds, UTC. */
  readonly time: string
  readonly stream: LogStream
  /** True: the text continues in the next record of the same stream. */
  readonly partial: boolean
  /** A part may end inside a character. */
  readonly text: Buffer
}

export type LogStream = 'stdout' | 'stderr'

/** Bytes of a record that hold all but its text: a time has 35 at most. */
export const CRI_HEAD_BYTES = 64

const HEAD = /^(\S+) (stdout|stderr) ([FP])(?: |$)/

/** Reads one record, without its line end; undefined for anything else. */
export function parseCriRecord(record: Buffer): CriRecord | undefined {
  const [head, time, stream, tag] = HEAD.exec(record.toString('latin1', 0, CRI_HEAD_BYTES)) ?? []
  if (head === undefined || time === undefined || (stream !== 'stdout' && stream !== 'stderr'))
    return undefined
  return { time, stream, partial: tag === 'P', text: record.subarray(head.length) }
}
