/** An entry of the cache in which ld.so(8) looks libraries up. */
export interface LdCacheEntry {
  /** FLAG_* of glibc's sysdeps/generic/ldconfig.h: the kind of the library and its architecture. */
  readonly flags: number
  /** What programs ask for, such as `libc.so.6`. */
  readonly name: string
  readonly path: string
  /** Which processors it is for; 0 is all. */
  readonly hwcap: bigint
}

/** The content of /etc/ld.so.cache. */
export interface LdCache {
  readonly entries: readonly LdCacheEntry[]
  /** The names of subfolders that `hwcap` of an entry may mean by their index. */
  readonly hwcaps: readonly string[]
}

/** dl-cache.h of glibc: the format that ld.so has read since 2.2, and the one that older programs have before it. */
const MAGIC = 'glibc-ld.so.cache1.1'
const OLD_MAGIC = 'ld.so-1.7.0'
const OLD_HEADER = 16
const OLD_ENTRY = 12
const HEADER = 48
const ENTRY = 24
const LITTLE_ENDIAN = 2
const EXTENSION_MAGIC = 0xeaa42174
const EXTENSION_HEADER = 8
const EXTENSION_SECTION = 16
const HWCAPS_TAG = 1

/** Reads a cache, which may be of an image and is not trusted; undefined for what is none. */
export function readLdCache(bytes: Buffer): LdCache | undefined {
  const start = startOf(bytes)
  const cache = bytes.subarray(start)
  if (!cache.subarray(0, MAGIC.length).equals(Buffer.from(MAGIC))) return undefined
  try {
    const count = cache.readUInt32LE(MAGIC.length)
    const entries: LdCacheEntry[] = []
    for (let index = 0; index < count; index++) {
      const at = HEADER + index * ENTRY
      entries.push({
        flags: cache.readInt32LE(at),
        name: textAt(cache, cache.readUInt32LE(at + 4)),
        path: textAt(cache, cache.readUInt32LE(at + 8)),
        hwcap: cache.readBigUInt64LE(at + 16),
      })
    }
    return { entries, hwcaps: readHwcaps(cache) }
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

/** Returns the bytes of a cache as ldconfig(8) writes it. */
export function writeLdCache({ entries, hwcaps }: LdCache): Buffer {
  const sorted = entries.toSorted(compareEntries)
  const texts = new TextTable(HEADER + sorted.length * ENTRY)
  const body = Buffer.alloc(HEADER + sorted.length * ENTRY)
  body.write(MAGIC, 0, 'latin1')
  body.writeUInt32LE(sorted.length, MAGIC.length)
  sorted.forEach(({ flags, name, path, hwcap }, index) => {
    const at = HEADER + index * ENTRY
    body.writeInt32LE(flags, at)
    body.writeUInt32LE(texts.add(name), at + 4)
    body.writeUInt32LE(texts.add(path), at + 8)
    body.writeBigUInt64LE(hwcap, at + 16)
  })
  const offsets = hwcaps.map(name => texts.add(name))
  const strings = texts.bytes()
  body.writeUInt32LE(strings.length, MAGIC.length + 4)
  body.writeUInt8(LITTLE_ENDIAN, MAGIC.length + 8)
  if (offsets.length === 0) return Buffer.concat([body, strings])
  const padding = Buffer.alloc((4 - ((body.length + strings.length) % 4)) % 4)
  const extensionAt = body.length + strings.length + padding.length
  body.writeUInt32LE(extensionAt, MAGIC.length + 12)
  return Buffer.concat([body, strings, padding, extension(offsets, extensionAt)])
}

/** The order in which ld.so searches: as a binary search from the largest name down. */
function compareEntries(a: LdCacheEntry, b: LdCacheEntry): number {
  return compareLibraryNames(b.name, a.name) || b.flags - a.flags || Number(b.hwcap - a.hwcap)
}

/** `_dl_cache_libcmp` of glibc: runs of digits count as numbers. */
export function compareLibraryNames(a: string, b: string): number {
  let [atA, atB] = [0, 0]
  while (atA < a.length) {
    const [digitsA, digitsB] = [digitsAt(a, atA), digitsAt(b, atB)]
    if (digitsA !== '' && digitsB !== '') {
      const difference = Number(digitsA) - Number(digitsB)
      if (difference !== 0) return difference
      atA += digitsA.length
      atB += digitsB.length
    } else if (digitsA !== '') return 1
    else if (digitsB !== '') return -1
    else if (a[atA] !== b[atB]) return codeAt(a, atA) - codeAt(b, atB)
    else {
      atA += 1
      atB += 1
    }
  }
  return 0 - codeAt(b, atB)
}

function digitsAt(text: string, at: number): string {
  return /^\d+/.exec(text.slice(at))?.[0] ?? ''
}

function codeAt(text: string, at: number): number {
  return at < text.length ? text.charCodeAt(at) : 0
}

function startOf(bytes: Buffer): number {
  if (bytes.toString('latin1', 0, OLD_MAGIC.length) !== OLD_MAGIC || bytes.length < OLD_HEADER) return 0
  const end = OLD_HEADER + bytes.readUInt32LE(OLD_HEADER - 4) * OLD_ENTRY
  return Math.ceil(end / 8) * 8
}

/** @throws {RangeError} If no text is there. */
function textAt(cache: Buffer, at: number): string {
  const end = cache.indexOf(0, at)
  if (at >= cache.length || end < 0) throw new RangeError('a text is cut short')
  return cache.toString('latin1', at, end)
}

function readHwcaps(cache: Buffer): readonly string[] {
  const at = cache.readUInt32LE(MAGIC.length + 12)
  if (at === 0 || cache.readUInt32LE(at) !== EXTENSION_MAGIC) return []
  const sections = Array.from(
    { length: Math.min(cache.readUInt32LE(at + 4), 16) },
    (_, index) => at + EXTENSION_HEADER + index * EXTENSION_SECTION,
  )
  const section = sections.find(place => cache.readUInt32LE(place) === HWCAPS_TAG)
  if (section === undefined) return []
  const offset = cache.readUInt32LE(section + 8)
  const count = Math.min(Math.floor(cache.readUInt32LE(section + 12) / 4), 256)
  return Array.from({ length: count }, (_, index) => textAt(cache, cache.readUInt32LE(offset + index * 4)))
}

function extension(offsets: readonly number[], at: number): Buffer {
  const bytes = Buffer.alloc(EXTENSION_HEADER + EXTENSION_SECTION + offsets.length * 4)
  bytes.writeUInt32LE(EXTENSION_MAGIC, 0)
  bytes.writeUInt32LE(1, 4)
  bytes.writeUInt32LE(HWCAPS_TAG, EXTENSION_HEADER)
  bytes.writeUInt32LE(at + EXTENSION_HEADER + EXTENSION_SECTION, EXTENSION_HEADER + 8)
  bytes.writeUInt32LE(offsets.length * 4, EXTENSION_HEADER + 12)
  offsets.forEach((offset, index) => {
    bytes.writeUInt32LE(offset, EXTENSION_HEADER + EXTENSION_SECTION + index * 4)
  })
  return bytes
}

/** Texts behind each other, each once. */
class TextTable {
  readonly #parts: Buffer[] = []
  readonly #known = new Map<string, number>()
  #end: number

  constructor(start: number) {
    this.#end = start
  }

  /** Returns the place of `text` in the file. */
  add(text: string): number {
    const known = this.#known.get(text)
    if (known !== undefined) return known
    const place = this.#end
    const bytes = Buffer.from(`${text}\0`, 'latin1')
    this.#parts.push(bytes)
    this.#known.set(text, place)
    this.#end += bytes.length
    return place
  }

  bytes(): Buffer {
    return Buffer.concat(this.#parts)
  }
}
