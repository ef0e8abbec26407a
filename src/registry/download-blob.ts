import { createHash, type Hash } from 'node:crypto'
import { closeSync, constants, fstatSync, ftruncateSync, openSync, writeSync } from 'node:fs'
import { freeChunk } from '../archive/free-chunk.ts'
import type { Digest } from '../base/digest.ts'
import { readSlice } from '../disk/file-slice.ts'
import { type ByteRange, blobParts, firstRange, isPart, LEAST_IN_PARTS } from './blob-parts.ts'
import type { HttpReply } from './http-client.ts'
import { networkReason } from './network-reason.ts'
import { pullFailed, registryUnreachable } from './registry-errors.ts'
import type { RegistrySession } from './registry-session.ts'
import { backOff, MOST_TRIES, type Wait } from './retry.ts'

/** A blob to download. */
export interface BlobRequest {
  readonly session: RegistrySession
  /** As the user wrote it, for errors. */
  readonly reference: string
  readonly digest: Digest
  readonly size: number
  /** Its destination. What is there already is taken for its beginning. Nothing else may write to it. */
  readonly file: string
  /**
   * Returns a further connection that may be used, if there is one; disposal gives it back. Parts of a large blob come
   * over these.
   *
   * @default there is none
   */
  readonly spare?: () => Disposable | undefined
  /** As `PartsRequest` has it. */
  readonly waitingShare?: number
  /** Hears how many bytes of the blob are there now. */
  readonly onBytes: (present: number) => void
  readonly wait: Wait
  readonly signal: AbortSignal | undefined
}

/** A connection that gives less than this before it breaks has failed; one that gives more is worth resuming. */
const PROGRESS_BYTES: number = 16 * 1024
/** A blob may arrive damaged this often before it counts as damaged at its source. */
const MOST_DAMAGED = 2

/**
 * Downloads a blob into a file and resumes at the byte where a connection broke off, in this process or an earlier one.
 * When this resolves, the file has the blob's size and digest.
 *
 * @throws {TcomposeError} `image-pull`, `registry-unreachable`, or as `RegistrySession.get`. What came stays.
 */
export async function downloadBlob(request: BlobRequest): Promise<void> {
  using download = await BlobDownload.open(request)
  await download.run()
}

class BlobDownload implements Disposable {
  readonly #request: BlobRequest
  readonly #fd: number
  #hash: Hash = createHash('sha256')
  #offset = 0
  #failures = 0
  #damaged = 0
  /** Parts that failed once are not asked for again. */
  #mayComeInParts = true

  private constructor(request: BlobRequest) {
    this.#request = request
    this.#fd = openSync(request.file, constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW, 0o600)
  }

  static async open(request: BlobRequest): Promise<BlobDownload> {
    const download = new BlobDownload(request)
    const present = fstatSync(download.#fd).size
    if (present > request.size) download.#restart()
    else await download.#takePresent(present)
    return download
  }

  async run(): Promise<void> {
    while (!this.#isWhole()) {
      const before = this.#offset
      const range = this.#wantedRange()
      const reply = await this.#ask(range)
      const isInParts = range !== undefined && isPart(reply, range)
      const error = await this.#receive(isInParts ? this.#parts(reply, range) : reply.body)
      if (error === undefined && this.#offset === this.#request.size) continue
      if (isInParts) this.#mayComeInParts = false
      await this.#afterBreak(reply.url, this.#offset - before, error ?? new Error('the body is too short'))
    }
  }

  /** Returns the error with which the body broke off, if it did. */
  async #receive(body: AsyncIterable<Buffer>): Promise<unknown> {
    try {
      for await (const chunk of body) {
        this.#append(chunk)
        // A chunk of all that a socket read at once is used by nothing else.
        if (chunk.byteOffset === 0) freeChunk(chunk)
      }
      return undefined
    } catch (error) {
      this.#request.signal?.throwIfAborted()
      if (!isNetworkError(error)) throw error
      return error
    }
  }

  [Symbol.dispose](): void {
    closeSync(this.#fd)
  }

  async #takePresent(size: number): Promise<void> {
    for await (const chunk of readSlice({ file: this.#request.file, offset: 0, size }))
      this.#hash.update(chunk)
    this.#offset = size
    this.#request.onBytes(size)
  }

  /** True when all bytes are there and right. Damaged ones are discarded: which byte is wrong is unknown. */
  #isWhole(): boolean {
    const { size, digest, reference } = this.#request
    if (this.#offset < size) return false
    const found = `sha256:${this.#hash.copy().digest('hex')}`
    if (found === digest) return true
    this.#restart()
    this.#damaged += 1
    if (this.#damaged < MOST_DAMAGED) return false
    throw pullFailed(reference, `a blob has the digest ${found}, expected ${digest}`)
  }

  /** Undefined asks for all that is missing. */
  #wantedRange(): ByteRange | undefined {
    const { size, spare } = this.#request
    const isWorthIt = size - this.#offset >= LEAST_IN_PARTS && this.#mayComeInParts
    return spare !== undefined && isWorthIt && this.#damaged === 0
      ? firstRange(this.#offset, size)
      : undefined
  }

  #parts(begun: HttpReply, range: ByteRange): AsyncIterable<Buffer> {
    const { session, digest, size, waitingShare, spare = () => undefined } = this.#request
    const ask = ({ first, last }: ByteRange, validator: string | undefined) =>
      session.get({
        path: `blobs/${digest}`,
        headers: { range: `bytes=${first}-${last}`, ...(validator && { 'if-range': validator }) },
      })
    return blobParts(begun, range, { size, ask, spare, waitingShare })
  }

  async #ask(range: ByteRange | undefined): Promise<HttpReply> {
    const { session, digest, reference, size } = this.#request
    const headers = rangeHeader(this.#offset, range)
    const reply = await session.get({ path: `blobs/${digest}`, headers })
    if (reply.status === 404) {
      await reply.discard()
      throw pullFailed(
        reference,
        `${reply.url.host} does not have the blob ${digest}, which the manifest names`,
      )
    }
    const isContinued = this.#isContinued(reply)
    if (reply.status === 416) {
      await reply.discard()
      if (isContinued && range === undefined)
        throw pullFailed(reference, `${reply.url.host} answers 416 although no range was requested`)
      this.#mayComeInParts = false
      this.#restart()
      return await this.#ask(undefined)
    }
    if (!isContinued) this.#restart()
    const announced = Number(reply.header('content-length') ?? 0)
    if (this.#offset + announced > size) {
      await reply.discard()
      throw pullFailed(
        reference,
        `${reply.url.host} announces ${this.#offset + announced} bytes of blob ${digest}, expected ${size}`,
      )
    }
    return reply
  }

  /** A server may ignore the range and begin at the first byte, or give another part. */
  #isContinued(reply: HttpReply): boolean {
    if (this.#offset === 0) return true
    const range = reply.header('content-range') ?? ''
    return reply.status === 206 && range.startsWith(`bytes ${this.#offset}-`)
  }

  #append(chunk: Buffer): void {
    const { size, digest, reference, onBytes } = this.#request
    if (this.#offset + chunk.length > size) {
      throw pullFailed(reference, `more than ${size} bytes arrived for blob ${digest}`)
    }
    this.#hash.update(chunk)
    let written = 0
    while (written < chunk.length) {
      written += writeSync(this.#fd, chunk, written, chunk.length - written, this.#offset + written)
    }
    this.#offset += chunk.length
    onBytes(this.#offset)
  }

  #restart(): void {
    ftruncateSync(this.#fd, 0)
    this.#hash = createHash('sha256')
    this.#offset = 0
    this.#request.onBytes(0)
  }

  async #afterBreak(url: URL, gained: number, cause: unknown): Promise<void> {
    this.#failures = gained >= PROGRESS_BYTES ? 0 : this.#failures + 1
    if (this.#failures >= MOST_TRIES) {
      throw registryUnreachable(this.#request.reference, networkReason(url, cause))
    }
    if (this.#failures > 0) await this.#request.wait(backOff(this.#failures))
  }
}

function rangeHeader(offset: number, range: ByteRange | undefined): { readonly range?: string } {
  if (range !== undefined) return { range: `bytes=${range.first}-${range.last}` }
  return offset > 0 ? { range: `bytes=${offset}-` } : {}
}

/** System calls on files fail with a `syscall` that is not one of a socket. */
function isNetworkError(error: unknown): boolean {
  if (!(error instanceof Error) || error.name === 'TcomposeError') return false
  return !('syscall' in error) || error.syscall === 'read' || error.syscall === 'connect'
}
