import { TcomposeError } from '../../../base/tcompose-error.ts'
import { isObject, objectsAt, parseJsonObject, textAt } from '../json-reader.ts'
import { basicAuthorization, fetchAccessToken } from './access-token.ts'
import { type Challenge, parseChallenge } from './challenge.ts'
import { type Credentials, findCredentials } from './credentials.ts'
import { HttpClient, type HttpReply } from './http-client.ts'
import { isWorthAnotherTry, networkReason } from './network-reason.ts'
import type { RegistryEndpoint } from './registry-endpoint.ts'
import { imageDenied, pullFailed, rateLimited, registryUnreachable } from './registry-errors.ts'
import { backOff, isBearable, MOST_TRIES, parseRetryAfter, type Wait } from './retry.ts'

/** Whom to ask, for what, and how. */
export interface SessionOptions {
  readonly endpoint: RegistryEndpoint
  /** E.g. `library/redis`. */
  readonly repository: string
  /** As the user wrote it, for errors. */
  readonly reference: string
  readonly environment: NodeJS.ProcessEnv
  readonly wait: Wait
  readonly signal: AbortSignal | undefined
}

/** What to get of a repository. */
export interface RepositoryRequest {
  /** Behind `/v2/<repository>/`. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
}

const MOST_REDIRECTS = 5
const LARGEST_EXPLANATION = 64 * 1024
/** Answers that a caller understands; all others are errors here. */
const ANSWERS: ReadonlySet<number> = new Set([200, 206, 404, 416])
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])

/**
 * Requests to one repository of one registry: answers challenges, follows redirects, tries again what may pass. The
 * authorization goes to the registry alone, never to where it redirects.
 */
export class RegistrySession implements AsyncDisposable {
  readonly #options: SessionOptions
  readonly #client: HttpClient
  #origins: readonly string[]
  #credentials: Promise<Credentials | undefined> | undefined
  #authorization: Promise<string> | undefined

  constructor(options: SessionOptions) {
    this.#options = options
    this.#client = new HttpClient(options)
    this.#origins = options.endpoint.origins
  }

  /**
   * Returns the answer to a GET: 200, 206, 404 or 416. Its body may still break off.
   *
   * @throws {TcomposeError} `image-denied`, `registry-unreachable`, `registry-rate-limit` or `image-pull`.
   */
  async get(request: RepositoryRequest): Promise<HttpReply> {
    for (let tries = 1; ; tries++) {
      const attempt = await this.#attempt(request)
      this.#options.signal?.throwIfAborted()
      if (attempt.kind === 'reply') return attempt.reply
      const waitMs = attempt.waitMs ?? backOff(tries)
      if (tries >= MOST_TRIES || !isBearable(waitMs)) throw attempt.error
      await this.#options.wait(waitMs)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client[Symbol.asyncDispose]()
  }

  async #attempt(request: RepositoryRequest): Promise<Attempt> {
    try {
      return await this.#judge(await this.#authorised(request))
    } catch (error) {
      if (error instanceof SyntaxError) throw pullFailed(this.#options.reference, error.message, error)
      if (!(error instanceof SendError)) throw error
      this.#options.signal?.throwIfAborted()
      const failure = registryUnreachable(this.#options.reference, networkReason(error.url, error.cause))
      if (!isWorthAnotherTry(error.cause)) throw failure
      return { kind: 'again', error: failure, waitMs: undefined }
    }
  }

  async #judge(reply: HttpReply): Promise<Attempt> {
    const { status } = reply
    if (ANSWERS.has(status)) return { kind: 'reply', reply }
    const { reference, endpoint } = this.#options
    const waitMs = parseRetryAfter(reply.header('retry-after'), Date.now())
    if (status === 429) {
      await reply.discard()
      return { kind: 'again', error: rateLimited(reference, endpoint.name, waitMs), waitMs }
    }
    const explanation = await explanationOf(reply)
    const isOwn = this.#origins.includes(reply.url.origin)
    if (isOwn && (status === 401 || status === 403)) {
      throw imageDenied(reference, endpoint.name, (await this.#credentials) !== undefined)
    }
    const error = pullFailed(
      reference,
      `${reply.url.host} answers ${status}${explanation}, expected what was asked for`,
    )
    // A redirect's target is signed for some minutes: asking the registry again gives a new one.
    if (status < 500 && status !== 408 && isOwn) throw error
    return { kind: 'again', error, waitMs }
  }

  /** Sends the request, and once more with a new authorization where the first is missing or has expired. */
  async #authorised(request: RepositoryRequest): Promise<HttpReply> {
    const used = this.#authorization
    const reply = await this.#send(request, await used)
    if (reply.status !== 401 || !this.#origins.includes(reply.url.origin)) return reply
    const challenge = parseChallenge(reply.headers('www-authenticate'))
    if (challenge === undefined) return reply
    await reply.discard()
    // Of several requests that meet an expired token, the first renews it for all.
    if (this.#authorization === used) this.#authorization = this.#authorize(challenge, reply.url)
    try {
      return await this.#send(request, await this.#authorization)
    } catch (error) {
      this.#authorization = undefined
      throw error
    }
  }

  async #authorize(challenge: Challenge, registry: URL): Promise<string> {
    const { endpoint, reference, environment, repository } = this.#options
    this.#credentials ??= findCredentials(endpoint.name, environment)
    const credentials = await this.#credentials
    const denied = () => imageDenied(reference, endpoint.name, credentials !== undefined)
    if (challenge.kind === 'basic') {
      if (credentials?.kind !== 'password') throw denied()
      return basicAuthorization(credentials)
    }
    const scope = `repository:${repository}:pull`
    const reply = await naming(new URL(challenge.realm, registry), () =>
      fetchAccessToken({ client: this.#client, challenge, scope, credentials, registry }),
    )
    if (reply.kind === 'token') return `Bearer ${reply.token}`
    if (reply.status === 429) throw rateLimited(reference, endpoint.name, undefined)
    if (reply.status < 500) throw denied()
    throw pullFailed(
      reference,
      `the token server of ${endpoint.name} answers ${reply.status}, expected a token`,
    )
  }

  async #send({ path, headers }: RepositoryRequest, authorization: string | undefined): Promise<HttpReply> {
    const first = await this.#sendToOrigin(`/v2/${this.#options.repository}/${path}`, {
      ...headers,
      ...(authorization === undefined ? {} : { authorization }),
    })
    let reply = first
    for (let count = 0; REDIRECTS.has(reply.status); count++) {
      if (count === MOST_REDIRECTS)
        throw new SyntaxError(`${first.url.host} redirects more than ${MOST_REDIRECTS} times`)
      const url = redirectTarget(reply)
      await reply.discard()
      const isOwn = url.origin === first.url.origin
      const own = isOwn && authorization !== undefined ? { authorization } : {}
      reply = await naming(url, () => this.#client.send({ url, headers: { ...headers, ...own } }))
    }
    return reply
  }

  /** The first request finds out which of the endpoint's origins answers; all others go there. */
  async #sendToOrigin(path: string, headers: Readonly<Record<string, string>>): Promise<HttpReply> {
    const origins = this.#origins
    for (const [index, origin] of origins.entries()) {
      const url = new URL(path, origin)
      try {
        const reply = await naming(url, () => this.#client.send({ url, headers }))
        this.#origins = [origin]
        return reply
      } catch (error) {
        if (index === origins.length - 1) throw error
      }
    }
    throw new Error('an endpoint has one origin at least')
  }
}

type Attempt =
  | { readonly kind: 'reply'; readonly reply: HttpReply }
  | { readonly kind: 'again'; readonly error: TcomposeError; readonly waitMs: number | undefined }

/** A request that got no answer, and where it went. */
class SendError extends Error {
  readonly url: URL

  constructor(url: URL, cause: unknown) {
    super(`no answer from ${url.host}`, { cause })
    this.url = url
  }
}

async function naming<T>(url: URL, send: () => Promise<T>): Promise<T> {
  try {
    return await send()
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TcomposeError) throw error
    throw new SendError(url, error)
  }
}

function redirectTarget(reply: HttpReply): URL {
  const location = reply.header('location')
  const url = location === undefined ? null : URL.parse(location, reply.url.href)
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new SyntaxError(`${reply.url.host} redirects to "${location ?? ''}", expected an address`)
  }
  if (url.protocol === 'http:' && reply.url.protocol === 'https:') {
    throw new SyntaxError(`${reply.url.host} redirects to ${url.origin}, expected an address with TLS`)
  }
  return url
}

/** Returns what the registry says about its refusal, in brackets; nothing if it says nothing that can be read. */
async function explanationOf(reply: HttpReply): Promise<string> {
  try {
    const bytes = await reply.bytes(LARGEST_EXPLANATION)
    const [first] = bytes === undefined ? [] : objectsAt(parseJsonObject(bytes, 'answer'), 'errors')
    const message = isObject(first) ? (textAt(first, 'message') ?? '') : ''
    return message === '' ? '' : ` ("${message.slice(0, 200)}")`
  } catch {
    return ''
  }
}
