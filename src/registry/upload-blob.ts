import type { FileSlice } from '../disk/file-slice.ts'
import type { BlobIdentity } from '../store/blobs/blob-store.ts'
import { redirectTarget } from './redirect-target.ts'
import { requestFailed } from './registry-errors.ts'
import type { RegistryPurpose } from './registry-purpose.ts'
import type { Attempt, RegistrySession } from './registry-session.ts'

/** A blob that a registry should have. */
export interface UploadedBlob extends BlobIdentity {
  /** Returns the bytes; is called only if the registry does not have them. */
  obtain(): Promise<FileSlice>
}

/** A blob to upload. */
export interface UploadRequest {
  readonly session: RegistrySession
  readonly purpose: RegistryPurpose
  readonly blob: UploadedBlob
  /** Another repository of the registry that may have the blob. */
  readonly mountFrom: string | undefined
  /** Hears how many bytes of the blob the registry has now. */
  readonly onBytes: (present: number) => void
}

/** How a blob came to its repository. */
export type UploadOutcome = 'there' | 'mounted' | 'uploaded'

const MIB: number = 1024 * 1024
/** The first try where a proxy refuses the whole blob in one body. */
const FIRST_CHUNK: number = 64 * MIB
const SMALLEST_CHUNK: number = MIB

const FOUND: ReadonlySet<number> = new Set([200, 404])
const OPENED: ReadonlySet<number> = new Set([201, 202])
/** The user may push here and yet not pull there. */
const MOUNTED_OR_NOT: ReadonlySet<number> = new Set([...OPENED, 401, 403])
const STATUS: ReadonlySet<number> = new Set([200, 204, 400, 404, 405, 416])
const TAKEN: ReadonlySet<number> = new Set([201, 202, 204, 404, 413, 416])
const COMMITTED: ReadonlySet<number> = new Set([201, 204, 404])
/** What broke off may have been written behind what the registry said that it had: the digest is wrong then. */
const COMMITTED_OR_WRONG: ReadonlySet<number> = new Set([...COMMITTED, 400])

/**
 * Makes sure that a repository has a blob: looks for it, asks the registry to take it over from another repository, or
 * uploads it. An interrupted upload resumes where the registry says that it stopped; a body that is too large for a
 * proxy is sent in parts.
 *
 * @throws {TcomposeError} `image-push`, or as `RegistrySession.send`.
 */
export async function uploadBlob(request: UploadRequest): Promise<UploadOutcome> {
  return await new BlobUpload(request).run()
}

type Again = Extract<Attempt, { kind: 'again' }>

class BlobUpload {
  readonly #request: UploadRequest
  /** Where the registry takes more of the blob; undefined while no upload is open. */
  #location: URL | undefined
  #offset = 0
  #isResumed = false
  #chunkBytes: number
  /** What a registry that takes parts wants a part to have at the least. */
  #leastChunk = SMALLEST_CHUNK

  constructor(request: UploadRequest) {
    this.#request = request
    this.#chunkBytes = Math.max(request.blob.size, 1)
  }

  async run(): Promise<UploadOutcome> {
    const { session } = this.#request
    if (await this.#isThere()) return 'there'
    if (await this.#isMounted()) return 'mounted'
    const content = await this.#request.blob.obtain()
    let furthest = 0
    for (let tries = 1; ; tries++) {
      const attempt = await this.#transfer(content)
      if (attempt.kind === 'done') return 'uploaded'
      if (this.#offset > furthest) tries = 1
      furthest = Math.max(furthest, this.#offset)
      await session.waitFor(attempt, tries)
      if (this.#offset === this.#request.blob.size && (await this.#isThere())) return 'uploaded'
      await this.#findOffset()
    }
  }

  async #isThere(): Promise<boolean> {
    const { session, blob } = this.#request
    const reply = await session.send({ method: 'HEAD', target: `blobs/${blob.digest}`, answers: FOUND })
    await reply.discard()
    return reply.status === 200
  }

  /** A registry that does not take the blob over opens an upload instead. */
  async #isMounted(): Promise<boolean> {
    const { blob, mountFrom } = this.#request
    if (mountFrom === undefined) return false
    const query = `?${new URLSearchParams({ mount: blob.digest, from: mountFrom })}`
    return await this.#open(query, MOUNTED_OR_NOT)
  }

  /** Opens an upload unless that is refused; returns whether the registry has the blob without one. */
  async #open(query: string, answers: ReadonlySet<number>): Promise<boolean> {
    const { session } = this.#request
    const reply = await session.send({ method: 'POST', target: `blobs/uploads/${query}`, answers })
    await reply.discard()
    if (reply.status !== 202) return reply.status === 201
    this.#location = this.#target(() => redirectTarget(reply))
    this.#isResumed = false
    this.#moveTo(0)
    this.#leastChunk = Math.max(Number(reply.header('oci-chunk-min-length') ?? 0), SMALLEST_CHUNK)
    return false
  }

  /** Sends what is missing, and has the registry make a blob of it. */
  async #transfer(content: FileSlice): Promise<Again | { readonly kind: 'done' }> {
    if (this.#location === undefined) await this.#open('', OPENED)
    while (this.#offset < this.#request.blob.size) {
      const attempt = await this.#sendChunk(content)
      if (attempt.kind === 'again') return attempt
    }
    return await this.#commit()
  }

  async #sendChunk({ file, offset }: FileSlice): Promise<Attempt> {
    const { session, blob } = this.#request
    const start = this.#offset
    const size = Math.min(this.#chunkBytes, blob.size - start)
    const isWhole = size === blob.size
    const attempt = await session.attempt({
      method: 'PATCH',
      target: this.#openLocation(),
      // Old registries know no ranges; they never meet a part either.
      headers: isWhole ? {} : { 'content-range': `${start}-${start + size - 1}` },
      body: {
        kind: 'file',
        slice: { file, offset: offset + start, size },
        onBytes: sent => this.#request.onBytes(start + sent),
      },
      answers: TAKEN,
    })
    if (attempt.kind === 'again') return attempt
    const { reply } = attempt
    await reply.discard()
    if (reply.status === 413) return this.#shrink(attempt)
    if (reply.status === 404 || reply.status === 416) return this.#lost(reply.status)
    this.#location = this.#target(() => redirectTarget(reply))
    this.#moveTo(start + size)
    return attempt
  }

  /** A proxy on the way takes smaller bodies only. @throws {TcomposeError} If parts are as small as may be. */
  #shrink(attempt: Attempt): Attempt {
    const next = Math.min(FIRST_CHUNK, Math.floor(this.#chunkBytes / 2))
    if (this.#chunkBytes <= this.#leastChunk) {
      const problem = `a server in between refuses a request of ${this.#chunkBytes} bytes (413)`
      throw requestFailed(this.#request.purpose, problem)
    }
    this.#chunkBytes = Math.max(next, this.#leastChunk)
    this.#request.onBytes(this.#offset)
    return attempt
  }

  /** The registry does not know the upload, or how much of it has arrived. */
  #lost(status: number): Again {
    if (status !== 416) this.#location = undefined
    const problem = `the registry answers ${status} in the middle of an upload, expected it to continue`
    return { kind: 'again', error: requestFailed(this.#request.purpose, problem), waitMs: undefined }
  }

  async #commit(): Promise<Again | { readonly kind: 'done' }> {
    const { session, blob, purpose } = this.#request
    const target = this.#openLocation()
    target.searchParams.set('digest', blob.digest)
    const headers = { 'content-type': 'application/octet-stream', 'content-length': '0' }
    const answers = this.#isResumed ? COMMITTED_OR_WRONG : COMMITTED
    const attempt = await session.attempt({ method: 'PUT', target, headers, answers })
    if (attempt.kind === 'again') return attempt
    const { reply } = attempt
    await reply.discard()
    if (reply.status === 404 || reply.status === 400) return this.#lost(reply.status)
    const found = reply.header('docker-content-digest')
    if (found !== undefined && found !== blob.digest) {
      throw requestFailed(purpose, `the registry stored a blob as ${found}, expected ${blob.digest}`)
    }
    return { kind: 'done' }
  }

  /** Asks the registry how much it has; one that does not say gets all of it again. */
  async #findOffset(): Promise<void> {
    if (this.#location === undefined) return
    const { session } = this.#request
    const reply = await session.send({ method: 'GET', target: this.#location, answers: STATUS })
    await reply.discard()
    const last = Number(/^(?:bytes=)?0-(\d+)$/.exec(reply.header('range') ?? '')?.[1] ?? 0)
    // `0-0` may be one byte or none.
    if (reply.status >= 400 || last === 0 || last >= this.#request.blob.size) {
      this.#location = undefined
      this.#moveTo(0)
      return
    }
    if (reply.header('location') !== undefined) this.#location = this.#target(() => redirectTarget(reply))
    this.#isResumed = true
    this.#moveTo(last + 1)
  }

  #openLocation(): URL {
    if (this.#location === undefined) throw new Error('no upload is open')
    return new URL(this.#location)
  }

  #target(read: () => URL): URL {
    try {
      return read()
    } catch (error) {
      if (error instanceof SyntaxError) throw requestFailed(this.#request.purpose, error.message, error)
      throw error
    }
  }

  #moveTo(offset: number): void {
    this.#offset = offset
    this.#request.onBytes(offset)
  }
}
