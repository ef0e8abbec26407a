/** An entry of a tar archive. */
export interface ArchivedFile {
  readonly name: string
  /** The type flag of its header, e.g. `0` for a file and `5` for a folder. */
  readonly type: string
  /** Where a link leads to. */
  readonly link: string
  /** Permission bits with set-id and sticky bits. */
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly device: readonly [major: number, minor: number]
  readonly content: Buffer
  /** Extended attributes, base64, by name. */
  readonly attributes: ReadonlyMap<string, string>
}

const BLOCK = 512

/**
 * Reads the entries of an archive with ustar, pax and GNU headers. It shares nothing with `src/archive`, so that it can
 * judge what that writes.
 */
export function readArchivedFiles(archive: Buffer): readonly ArchivedFile[] {
  const files: ArchivedFile[] = []
  let extension = NO_EXTENSION
  for (let offset = 0; offset + BLOCK <= archive.length; ) {
    const header = archive.subarray(offset, offset + BLOCK)
    if (header[0] === 0) {
      offset += BLOCK
      continue
    }
    const size = Number(extension.pax.get('size') ?? numberAt(header, 124, 12))
    const content = archive.subarray(offset + BLOCK, offset + BLOCK + size)
    offset += BLOCK + Math.ceil(size / BLOCK) * BLOCK
    const extended = extend(extension, typeOf(header), content)
    if (extended === undefined) files.push(readFile(header, content, extension))
    extension = extended ?? NO_EXTENSION
  }
  return files
}

/** What entries of their own say about the entry that follows them. */
interface Extension {
  readonly path?: string
  readonly link?: string
  readonly pax: ReadonlyMap<string, Buffer>
}

const NO_EXTENSION: Extension = { pax: new Map() }

/** Undefined if an entry of `type` is no extension. */
function extend(extension: Extension, type: string, content: Buffer): Extension | undefined {
  switch (type) {
    case 'x':
      return { ...extension, pax: readPax(content) }
    case 'g':
      return extension
    case 'L':
      return { ...extension, path: textOf(content) }
    case 'K':
      return { ...extension, link: textOf(content) }
    default:
      return undefined
  }
}

function readPax(content: Buffer): ReadonlyMap<string, Buffer> {
  const records = new Map<string, Buffer>()
  for (let offset = 0; offset < content.length; ) {
    const blank = content.indexOf(' ', offset)
    const length = Number(content.toString('latin1', offset, blank))
    const record = content.subarray(blank + 1, offset + length - 1)
    const equals = record.indexOf('=')
    records.set(record.toString('utf8', 0, equals), record.subarray(equals + 1))
    offset += length
  }
  return records
}

const ATTRIBUTE = 'SCHILY.xattr.'

function readFile(header: Buffer, content: Buffer, { path, link, pax }: Extension): ArchivedFile {
  const attributes = [...pax].filter(([key]) => key.startsWith(ATTRIBUTE))
  return {
    name: pax.get('path')?.toString() ?? path ?? nameOf(header),
    type: typeOf(header),
    link: pax.get('linkpath')?.toString() ?? link ?? textOf(header.subarray(157, 257)),
    mode: numberAt(header, 100, 8) & 0o7777,
    uid: Number(pax.get('uid') ?? numberAt(header, 108, 8)),
    gid: Number(pax.get('gid') ?? numberAt(header, 116, 8)),
    device: [numberAt(header, 329, 8), numberAt(header, 337, 8)],
    content,
    attributes: new Map(
      attributes.map(([key, value]) => [key.slice(ATTRIBUTE.length), value.toString('base64')]),
    ),
  }
}

function typeOf(header: Buffer): string {
  return String.fromCharCode(header[156] || '0'.charCodeAt(0))
}

function nameOf(header: Buffer): string {
  const prefix = header.toString('latin1', 257, 262) === 'ustar' ? textOf(header.subarray(345, 500)) : ''
  const name = textOf(header.subarray(0, 100))
  return prefix === '' ? name : `${prefix}/${name}`
}

function textOf(field: Buffer): string {
  const end = field.indexOf(0)
  return field.toString('utf8', 0, end < 0 ? field.length : end)
}

/** Octal digits, or a big-endian number behind a byte with its top bit set. */
function numberAt(header: Buffer, offset: number, length: number): number {
  const field = header.subarray(offset, offset + length)
  if (((field[0] ?? 0) & 0x80) === 0) return Number.parseInt(textOf(field).trim() || '0', 8)
  const rest = Buffer.from(field)
  rest[0] = (rest[0] ?? 0) & 0x7f
  return Number(BigInt(`0x${rest.toString('hex')}`))
}
