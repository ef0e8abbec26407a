import { HEADER_LENGTH } from './question.ts'

/** Seconds. Containers are replaced at any time, so no client should cache an address for long. */
const TIME_TO_LIVE = 5
/** Name, type, class, lifetime and length of the data; the name points to that of the question. */
const RECORD_HEADER_LENGTH = 12
const QUESTION_NAME = 0xc000 | HEADER_LENGTH
const CLASS_IN = 1

/** Records of one type about the name that was asked for, as they are sent. */
export interface RecordSet {
  readonly count: number
  /** Of one record, in bytes. */
  readonly size: number
  readonly bytes: Buffer
}

export const NO_RECORDS: RecordSet = { count: 0, size: 0, bytes: Buffer.alloc(0) }

/** Returns one record for each of `data`, which are all of one length. */
export function recordSet(type: number, data: readonly Uint8Array[]): RecordSet {
  const length = data[0]?.length
  if (length === undefined) return NO_RECORDS
  const size = RECORD_HEADER_LENGTH + length
  const bytes = Buffer.alloc(size * data.length)
  for (const [index, value] of data.entries()) {
    let offset = bytes.writeUInt16BE(QUESTION_NAME, index * size)
    offset = bytes.writeUInt16BE(type, offset)
    offset = bytes.writeUInt16BE(CLASS_IN, offset)
    offset = bytes.writeUInt32BE(TIME_TO_LIVE, offset)
    offset = bytes.writeUInt16BE(length, offset)
    bytes.set(value, offset)
  }
  return { count: data.length, size, bytes }
}
