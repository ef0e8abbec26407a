import { type ForwardedLine, type LineOrigin, severityOf } from './forwarded-line.ts'

/** Returns a line as a message of the journal's own protocol, with the fields that docker gives it. */
export function journalMessage(line: ForwardedLine, origin: LineOrigin): Buffer {
  const { id, name, image, tag, fields } = origin
  return Buffer.concat(
    [
      ...fields,
      ['MESSAGE', line.text],
      ['PRIORITY', String(severityOf(line))],
      ['SYSLOG_IDENTIFIER', tag],
      ['SYSLOG_TIMESTAMP', line.time],
      ['CONTAINER_ID', id.slice(0, 12)],
      ['CONTAINER_ID_FULL', id],
      ['CONTAINER_NAME', name],
      ['CONTAINER_TAG', tag],
      ['IMAGE_NAME', image],
      ...(line.partial ? [['CONTAINER_PARTIAL_MESSAGE', 'true']] : []),
    ].map(([field = '', value = '']) => fieldOf(field, value)),
  )
}

/** A value with a line end has its length, u64, before it instead of an equals sign. */
function fieldOf(field: string, value: string): Buffer {
  const bytes = Buffer.from(value)
  if (!bytes.includes('\n')) return Buffer.concat([Buffer.from(`${field}=`), bytes, Buffer.from('\n')])
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(bytes.length))
  return Buffer.concat([Buffer.from(`${field}\n`), length, bytes, Buffer.from('\n')])
}
