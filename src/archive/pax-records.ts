import { Buffer } from 'node:buffer'

/** Records of a PAX extended header by key; values are bytes. An empty value takes an earlier record back. */
export type PaxRecords = ReadonlyMap<string, Buffer>

/** The key of the parts of a sparse file: offsets and sizes in turn, with commas. */
export const SPARSE_MAP = 'GNU.sparse.map'
const COMMA = Buffer.from(',')

/**
 * Reads `<length> <key>=<value>\n` records.
 *
 * @throws {SyntaxError} If a record is malformed.
 */
export function parsePaxRecords(content: Buffer): PaxRecords {
  const records = new Map<string, Buffer>()
  let start = 0
  while (start < content.length && content[start] !== 0) {
    const blank = content.indexOf(0x20, start)
    const length = Number(content.toString('latin1', start, blank))
    const end = start + length
    const equals = content.indexOf(0x3d, blank)
    const isWhole = blank > start && equals > blank && equals < end && content[end - 1] === 0x0a
    if (!Number.isSafeInteger(length) || end > content.length || !isWhole) {
      throw new SyntaxError('its extended header is malformed')
    }
    addRecord(records, content.toString('latin1', blank + 1, equals), content.subarray(equals + 1, end - 1))
    start = end
  }
  return records
}

/** Parts of a sparse file in form 0.0 are repeated records; here they make a map as in form 0.1. */
function addRecord(records: Map<string, Buffer>, key: string, value: Buffer): void {
  const isPart = key === 'GNU.sparse.offset' || key === 'GNU.sparse.numbytes'
  const parts = isPart ? records.get(SPARSE_MAP) : undefined
  if (!isPart) records.set(key, value)
  else records.set(SPARSE_MAP, parts === undefined ? value : Buffer.concat([parts, COMMA, value]))
}

/**
 * Reads seconds with a fraction as nanoseconds, e.g. `1700000000.25`.
 *
 * @throws {SyntaxError} If `text` is no such number.
 */
export function parsePaxTime(text: string): bigint {
  const match = /^(-?)(\d{1,12})(?:\.(\d*))?$/.exec(text)
  if (match === null) throw new SyntaxError(`its extended header has the time "${text}"`)
  const [, sign, seconds = '0', fraction = ''] = match
  const nanoseconds = BigInt(seconds) * 1_000_000_000n + BigInt(fraction.slice(0, 9).padEnd(9, '0'))
  return sign === '-' ? -nanoseconds : nanoseconds
}
