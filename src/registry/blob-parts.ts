import type { HttpReply } from './http-client.ts'

const MIB: number = 1024 * 1024

/** Smaller blobs come as one. */
export const LEAST_IN_PARTS: number = 32 * MIB
/** What comes ahead of its turn is in memory until then. */
const PART: number = 4 * MIB
const MOST_PARTS = 4
/** A part that comes alone is not held in memory. */
const LONE_PART: number = 64 * MIB
/** Who waits for less of the time is slower than the connection, and gains nothing from further ones. */
const WAITING_SHARE = 0.5

/** The bytes of a blob from one to another, both included, as RFC 9110 section 14.1.2 counts them. */
export interface ByteRange {
  readonly first: number
  readonly last: number
}

/** What the parts of a blob are asked with. */
export interface PartsRequest {
  /** Bytes of the blob. */
  readonly size: number
  /** Asks for a part. With a validator (RFC 9110 section 13.1.5) the answer is 206 only if the blob is still the same. */
  readonly ask: (range: ByteRange, validator: string | undefined) => Promise<HttpReply>
  /** Returns a further connection that may be used, if there is one; disposal gives it back. */
  readonly spare: () => Disposable | undefined
  /** The share of a part's time for which whoever reads must have waited, for spare connections to be used. @default 0.5 */
  readonly waitingShare?: number | undefined
}

/** What was asked for in parts does not come so. As one it still may. */
export class PartError extends Error {}

/** Returns the range to begin with at `offset`. */
export function firstRange(offset: number, size: number): ByteRange {
  return rangeOf(offset, { size, length: PART })
}

/** Tells whether `reply` is the part that was asked for. */
export function isPart(reply: HttpReply, { first, last }: ByteRange): boolean {
  return reply.status === 206 && (reply.header('content-range') ?? '').startsWith(`bytes ${first}-${last}/`)
}

/**
 * Yields the bytes of a blob in order, from `begun`, the answer to `range`, to its end. Where a part came more slowly than
 * it was used, those that follow come at once, as far as there are spare connections.
 *
 * @throws {PartError} If a part cannot be had, is another than the one asked for, or is too short.
 * @throws {Error} As a body that breaks off.
 */
export async function* blobParts(
  begun: HttpReply,
  range: ByteRange,
  { size, ask, spare, waitingShare = WAITING_SHARE }: PartsRequest,
): AsyncGenerator<Buffer, void, void> {
  const validator = strongValidator(begun)
  const parts = [new Part(range, Promise.resolve(begun), undefined)]
  let next = range.last + 1
  const begin = (length: number, connection: Disposable | undefined): void => {
    const wanted = rangeOf(next, { size, length })
    parts.push(new Part(wanted, ask(wanted, validator), connection))
    next = wanted.last + 1
  }
  try {
    for (let front = parts[0]; front !== undefined; front = parts[0]) {
      const since = performance.now()
      yield* front.chunks()
      const isSlow = front.waitedMs >= waitingShare * (performance.now() - since)
      parts.shift()
      let further = isSlow ? spare() : undefined
      if (parts.length === 0 && next < size) begin(further === undefined ? LONE_PART : PART, undefined)
      while (further !== undefined && next < size && parts.length < MOST_PARTS) {
        begin(PART, further)
        further = spare()
      }
      further?.[Symbol.dispose]()
    }
  } finally {
    for (const part of parts) part.cancel()
  }
}

function rangeOf(
  first: number,
  { size, length }: { readonly size: number; readonly length: number },
): ByteRange {
  return { first, last: Math.min(first + length, size) - 1 }
}

/** A weak one may stay the same where bytes differ. */
function strongValidator(reply: HttpReply): string | undefined {
  const etag = reply.header('etag')
  return etag?.startsWith('"') ? etag : undefined
}

type PartState = 'comes' | 'whole' | { readonly error: unknown }

/** A part that is read as it comes, whether it is its turn or not. */
class Part {
  readonly #range: ByteRange
  readonly #reply: Promise<HttpReply>
  readonly #arrived: Buffer[] = []
  #state: PartState = 'comes'
  #isCancelled = false
  #waitedMs = 0
  #wake: () => void = () => {}

  /** @param connection Given back when the part is here. */
  constructor(range: ByteRange, reply: Promise<HttpReply>, connection: Disposable | undefined) {
    this.#range = range
    this.#reply = reply
    void this.#read().then(
      () => this.#end('whole', connection),
      (error: unknown) => this.#end({ error }, connection),
    )
  }

  /** How long `chunks` has waited for bytes. */
  get waitedMs(): number {
    return this.#waitedMs
  }

  async *chunks(): AsyncGenerator<Buffer, void, void> {
    for (;;) {
      const chunk = this.#arrived.shift()
      if (chunk !== undefined) yield chunk
      else if (this.#state === 'whole') return
      else if (this.#state === 'comes') await this.#change()
      else throw this.#state.error
    }
  }

  /** What still comes is not kept. */
  cancel(): void {
    this.#isCancelled = true
    this.#arrived.length = 0
  }

  async #change(): Promise<void> {
    const since = performance.now()
    await new Promise<void>(resolve => {
      this.#wake = resolve
    })
    this.#waitedMs += performance.now() - since
  }

  async #read(): Promise<void> {
    const reply = await this.#reply.catch((cause: unknown) => {
      throw new PartError('a further connection could not be had', { cause })
    })
    if (!isPart(reply, this.#range)) {
      await reply.discard()
      throw new PartError(`${reply.url.host} answers ${reply.status} to a request for a part`)
    }
    let missing = this.#range.last - this.#range.first + 1
    for await (const chunk of reply.body) {
      if (this.#isCancelled) return
      missing -= chunk.length
      if (missing < 0) throw new PartError(`${reply.url.host} gives more than the part that was asked for`)
      this.#arrived.push(chunk)
      this.#wake()
    }
    if (missing > 0) throw new PartError('the body is too short')
  }

  #end(state: Exclude<PartState, 'comes'>, connection: Disposable | undefined): void {
    this.#state = state
    connection?.[Symbol.dispose]()
    this.#wake()
  }
}
