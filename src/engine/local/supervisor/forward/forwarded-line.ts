import type { LogPiece } from '../../log/line-joiner.ts'

/** The container that lines are of, as its messages name it. */
export interface LineOrigin {
  readonly id: string
  readonly name: string
  readonly image: string
  /** Of its main process on the host. */
  readonly pid: number
  readonly tag: string
  /** Fields of the messages to the journal. */
  readonly fields: ReadonlyMap<string, string>
}

/** A line or a piece of one. */
export type ForwardedLine = Pick<LogPiece, 'time' | 'stream' | 'text' | 'partial'>

/** Severities of RFC 5424: an error for what was written to standard error, as docker has it. */
export function severityOf({ stream }: ForwardedLine): number {
  return stream === 'stderr' ? 3 : 6
}
