import { createHash } from 'node:crypto'
import { closeSync, lstatSync, mkdirSync, openSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { writeWhole } from '../../../../archive/sparse-writer.ts'
import { sha256Hex } from '../../../../base/sha256.ts'
import { bytePath } from '../../../../disk/byte-path.ts'
import { unlessUnreadable } from '../../../../disk/damaged-record.ts'
import { setTimes } from '../../../../disk/inode.ts'
import { namesIn } from '../../../../disk/names-in.ts'
import { readRecord, writeSharedRecord } from '../../../../disk/record-file.ts'
import { isAbandoned, temporaryName } from '../../../../disk/temporary-name.ts'

/** A file that was fetched. */
export interface FetchedFile {
  readonly path: string
  readonly size: number
  /** Hex digits. */
  readonly sha256: string
  /** By which its server tells whether it changed. */
  readonly etag: string | undefined
  /** As the server wrote it; the file has this time, or that of the epoch. */
  readonly lastModified: string | undefined
}

/** What a server says of a file. */
export type Validators = Pick<FetchedFile, 'etag' | 'lastModified'>

const VERSION = 1
const MOST_FILES = 128
/** A build may still read what another one has replaced. */
const REPLACED_MS = 3_600_000

/** Files behind URLs, kept from one build to the next in a folder: for each a record, and the content that it names. */
export class FetchedFiles {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  /** Returns what was fetched from `url` last, if it is still there. */
  find(url: string): FetchedFile | undefined {
    const record = unlessUnreadable(() => readRecord(this.#recordOf(url), VERSION))
    const { sha256, size, etag, lastModified } = record ?? {}
    if (typeof sha256 !== 'string' || typeof size !== 'number') return undefined
    const path = this.#contentOf(url, sha256)
    if (statSync(path, { throwIfNoEntry: false })?.size !== size) return undefined
    return { path, size, sha256, etag: textOf(etag), lastModified: textOf(lastModified) }
  }

  /**
   * Keeps what is fetched from `url`.
   *
   * @param onBytes Hears how many bytes have come.
   */
  async store(
    url: string,
    body: AsyncIterable<Buffer>,
    { onBytes, ...validators }: Validators & { readonly onBytes: (bytes: number) => void },
  ): Promise<FetchedFile> {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 })
    const temporary = join(this.#folder, temporaryName())
    try {
      const { sha256, size } = await writeBody(temporary, body, onBytes)
      setTimes(bytePath(temporary), timeOf(validators.lastModified))
      const path = this.#contentOf(url, sha256)
      renameSync(temporary, path)
      writeSharedRecord(this.#recordOf(url), {
        version: VERSION,
        url: withoutUser(url),
        sha256,
        size,
        ...validators,
      })
      this.#removeOld()
      return { path, size, sha256, ...validators }
    } finally {
      rmSync(temporary, { force: true })
    }
  }

  #recordOf(url: string): string {
    return join(this.#folder, `${sha256Hex(url)}.json`)
  }

  #contentOf(url: string, sha256: string): string {
    return join(this.#folder, `${sha256Hex(url)}-${sha256}`)
  }

  /** Removes contents that were replaced, and those of the URLs that were not fetched for the longest time. */
  #removeOld(): void {
    const found = namesIn(this.#folder).flatMap(name => {
      const stats = lstatSync(join(this.#folder, name), { throwIfNoEntry: false })
      return stats === undefined ? [] : [{ name, time: stats.ctimeMs }]
    })
    const records = found.filter(({ name }) => name.endsWith('.json')).toSorted((a, b) => b.time - a.time)
    const kept = new Set(records.slice(0, MOST_FILES).map(({ name }) => name.slice(0, -'.json'.length)))
    const newest = new Map<string, number>()
    for (const { name, time } of found) {
      const [key = ''] = name.split('-')
      if (name.includes('-')) newest.set(key, Math.max(time, newest.get(key) ?? 0))
    }
    for (const { name, time } of found) {
      const key = name.replace(/[-.].*$/, '')
      const isReplaced = name.includes('-') && time < (newest.get(key) ?? 0) - REPLACED_MS
      const isOld = name.startsWith('tmp-') ? isAbandoned(name) : !kept.has(key) || isReplaced
      if (isOld) rmSync(join(this.#folder, name), { force: true, recursive: true })
    }
  }
}

async function writeBody(
  path: string,
  body: AsyncIterable<Buffer>,
  onBytes: (bytes: number) => void,
): Promise<{ readonly sha256: string; readonly size: number }> {
  const hash = createHash('sha256')
  let size = 0
  const fd = openSync(path, 'wx', 0o600)
  try {
    for await (const chunk of body) {
      writeWhole(fd, chunk, null)
      hash.update(chunk)
      size += chunk.length
      onBytes(size)
    }
  } finally {
    closeSync(fd)
  }
  return { sha256: hash.digest('hex'), size }
}

/** Returns nanoseconds since the epoch. BuildKit gives the epoch to what has no time. */
function timeOf(lastModified: string | undefined): bigint {
  const millis = lastModified === undefined ? Number.NaN : Date.parse(lastModified)
  return Number.isNaN(millis) ? 0n : BigInt(millis) * 1_000_000n
}

/** Returns `url` without user and password, for people and records. */
export function withoutUser(url: string): string {
  return url.replace(/^([a-z]+:\/\/)[^/@]*@/i, '$1')
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
