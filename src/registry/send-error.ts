import { TcomposeError } from '../base/tcompose-error.ts'

/** A request that got no answer, and where it went. `cause` is what `networkReason` understands. */
export class SendError extends Error {
  readonly url: URL

  constructor(url: URL, cause: unknown) {
    super(`no answer from ${url.host}`, { cause })
    this.url = url
  }
}

/** An answer that may be another one soon. */
export class PassingError extends Error {
  /** What to tell when it does not pass. */
  readonly failure: TcomposeError
  /** How long the server asks to wait, where it does. */
  readonly waitMs: number | undefined

  constructor(failure: TcomposeError, waitMs: number | undefined) {
    super(failure.message, { cause: failure })
    this.failure = failure
    this.waitMs = waitMs
  }
}

/** Runs `send` and names `url` in what it throws, unless that says what is wrong by itself. */
export async function naming<T>(url: URL, send: () => Promise<T>): Promise<T> {
  try {
    return await send()
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TcomposeError) throw error
    throw new SendError(url, error)
  }
}
