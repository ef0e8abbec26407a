import type { TcomposeError } from '../base/tcompose-error.ts'
import type { Credentials } from './credentials.ts'
import { readExplanation } from './explanation.ts'
import { HttpClient, type HttpMethod, type HttpReply, type RequestBody } from './http-client.ts'
import { isWithoutTls, isWorthAnotherTry, networkReason } from './network-reason.ts'
import { isRedirect, redirectTarget } from './redirect-target.ts'
import { RegistryAuthorization } from './registry-authorization.ts'
import type { RegistryEndpoint } from './registry-endpoint.ts'
import { imageDenied, rateLimited, requestFailed, unreachable } from './registry-errors.ts'
import type { RegistryPurpose } from './registry-purpose.ts'
import { backOff, isBearable, MOST_TRIES, parseRetryAfter, type Wait } from './retry.ts'
import { naming, PassingError, SendError } from './send-error.ts'
import type { SpeedFloor } from './speed-floor.ts'

/** Whom to ask, for what, and how. */
export interface SessionOptions {
  readonly endpoint: RegistryEndpoint
  /** E.g. `library/redis`. */
  readonly repository: string
  readonly purpose: RegistryPurpose
  /** Repositories of the registry that blobs are taken over from. @default none */
  readonly alsoPull?: readonly string[]
  /** @default what the user is logged in with */
  readonly credentials?: Credentials
  readonly environment: NodeJS.ProcessEnv
  readonly wait: Wait
  readonly signal: AbortSignal | undefined
  /** @default SPEED_FLOOR */
  readonly floor?: SpeedFloor
}

/** What to get of a repository. */
export interface RepositoryRequest {
  /** Behind `/v2/<repository>/`. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
}

/** A request of any kind. */
export interface RegistryRequest {
  readonly method: HttpMethod
  /** What comes behind `/v2/<repository>/`, a path from `/` on, or an address that the registry gave. */
  readonly target: string | URL
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: RequestBody
  /** Answers that the caller understands; all others are errors. */
  readonly answers: ReadonlySet<number>
}

/** What came of one try: an answer, or an error that another try may not meet. */
export type Attempt =
  | { readonly kind: 'reply'; readonly reply: HttpReply }
  /** `waitMs` is what the server asks for, where it does. */
  | { readonly kind: 'again'; readonly error: TcomposeError; readonly waitMs: number | undefined }

const MOST_REDIRECTS = 5
/** Challenges that one request answers before it counts as refused. */
const MOST_ANSWERS = 4
const READ_ANSWERS: ReadonlySet<number> = new Set([200, 206, 404, 416])

/**
 * Requests to one repository of one registry: answers challenges, follows redirects, tries again what may pass. The
 * authorization goes to the registry alone, never to where it redirects.
 */
export class RegistrySession implements AsyncDisposable {
  readonly #options: SessionOptions
  readonly #client: HttpClient
  readonly #authorization: RegistryAuthorization
  #origins: readonly string[]

  constructor(options: SessionOptions) {
    this.#options = options
    this.#client = new HttpClient(options)
    this.#authorization = new RegistryAuthorization({
      ...options,
      client: this.#client,
      scopes: scopesOf(options),
    })
    this.#origins = options.endpoint.origins
  }

  /**
   * Returns the answer to a GET: 200, 206, 404 or 416. Its body may still break off.
   *
   * @throws {TcomposeError} As `send`.
   */
  async get({ path, headers }: RepositoryRequest): Promise<HttpReply> {
    return await this.send({ method: 'GET', target: path, headers, answers: READ_ANSWERS })
  }

  /**
   * Returns one of the answers that are asked for.
   *
   * @throws {TcomposeError} `image-denied`, `registry-unreachable`, `registry-rate-limit`, `image-pull` or `image-push`.
   */
  async send(request: RegistryRequest): Promise<HttpReply> {
    for (let tries = 1; ; tries++) {
      const attempt = await this.attempt(request)
      if (attempt.kind === 'reply') return attempt.reply
      await this.waitFor(attempt, tries)
    }
  }

  /** Does `send` with a single try. @throws {TcomposeError} As `send`, for what another try would meet too. */
  async attempt(request: RegistryRequest): Promise<Attempt> {
    try {
      const attempt = await this.#judge(await this.#authorised(request), request.answers)
      this.#options.signal?.throwIfAborted()
      return attempt
    } catch (error) {
      return this.#afterError(error)
    }
  }

  /**
   * Waits before another try.
   *
   * @param tries How many there have been.
   * @throws {TcomposeError} The error of `attempt`, if that were too many or the wait too long.
   */
  async waitFor({ error, waitMs }: Extract<Attempt, { kind: 'again' }>, tries: number): Promise<void> {
    const ms = waitMs ?? backOff(tries)
    if (tries >= MOST_TRIES || !isBearable(ms)) throw error
    await this.#options.wait(ms)
  }

  /** Tells whether the registry asked who the user is. */
  async wasAsked(): Promise<boolean> {
    return await this.#authorization.hasCredentials()
  }

  /** The token that a token server gave in place of a password, where this session is a log-in. */
  get identityToken(): string | undefined {
    return this.#authorization.identityToken
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client[Symbol.asyncDispose]()
  }

  #afterError(error: unknown): Attempt {
    const { purpose, signal } = this.#options
    if (error instanceof SyntaxError) throw requestFailed(purpose, error.message, error)
    if (error instanceof PassingError) return { kind: 'again', error: error.failure, waitMs: error.waitMs }
    if (!(error instanceof SendError)) throw error
    signal?.throwIfAborted()
    const failure = unreachable(purpose, networkReason(error.url, error.cause))
    if (!isWorthAnotherTry(error.cause)) throw failure
    return { kind: 'again', error: failure, waitMs: undefined }
  }

  async #judge(reply: HttpReply, answers: ReadonlySet<number>): Promise<Attempt> {
    const { status } = reply
    if (answers.has(status)) return { kind: 'reply', reply }
    const { purpose, endpoint } = this.#options
    const waitMs = parseRetryAfter(reply.header('retry-after'), Date.now())
    const explanation = (await readExplanation(reply)).text
    const hasCredentials = await this.#authorization.hasCredentials()
    const who = { host: endpoint.name, hasCredentials, explanation }
    if (status === 429) return { kind: 'again', error: rateLimited(purpose, { ...who, waitMs }), waitMs }
    const isOwn = this.#isOwn(reply.url)
    if (isOwn && (status === 401 || status === 403)) throw imageDenied(purpose, who)
    const error = requestFailed(
      purpose,
      `${reply.url.host} answers ${status}${explanation}${purpose.kind === 'log-in' ? ', expected a registry' : ''}`,
    )
    // A redirect's target is signed for some minutes: asking the registry again gives a new one.
    if (status < 500 && status !== 408 && isOwn) throw error
    return { kind: 'again', error, waitMs }
  }

  /**
   * Sends the request, and again with a new authorization where the first is missing or has expired. A short-lived one
   * may expire while the request waits for its turn, or while another request got it.
   */
  async #authorised(request: RegistryRequest): Promise<HttpReply> {
    let used = await this.#authorization.current()
    for (let answers = 0; ; answers++) {
      const reply = await this.#send(request, used)
      if (reply.status !== 401 || !this.#isOwn(reply.url) || answers === MOST_ANSWERS) return reply
      const renewed = await this.#authorization.answer(reply, { used, isRepeated: answers > 0 })
      if (renewed === undefined) return reply
      used = renewed
    }
  }

  #isOwn({ origin }: URL): boolean {
    return this.#origins.includes(origin)
  }

  async #send(request: RegistryRequest, authorization: string | undefined): Promise<HttpReply> {
    const own = authorization === undefined ? {} : { authorization }
    const first = await this.#sendToTarget(request, own)
    let reply = first
    for (let count = 0; isRedirect(reply, request.body !== undefined); count++) {
      if (count === MOST_REDIRECTS)
        throw new SyntaxError(`${first.url.host} redirects more than ${MOST_REDIRECTS} times`)
      const url = redirectTarget(reply)
      await reply.discard()
      reply = await this.#sendTo(url, request, url.origin === first.url.origin ? own : {})
    }
    return reply
  }

  async #sendToTarget(request: RegistryRequest, own: OwnHeaders): Promise<HttpReply> {
    const { target } = request
    if (typeof target !== 'string') return await this.#sendTo(target, request, this.#isOwn(target) ? own : {})
    const path = target.startsWith('/') ? target : `/v2/${this.#options.repository}/${target}`
    return await this.#sendToOrigin(path, request, own)
  }

  /**
   * The first request finds out which of the endpoint's origins answers; all others go there. A server with TLS answers
   * 400 to a request without, so that is an answer only where no other origin gives one.
   */
  async #sendToOrigin(path: string, request: RegistryRequest, own: OwnHeaders): Promise<HttpReply> {
    const [origin = '', ...others] = this.#origins
    const answer = await this.#tryOrigin(path, { origin, request, own })
    if (others.length === 0 || (answer.kind === 'reply' && answer.reply.status !== 400)) {
      return this.#settle(origin, answer)
    }
    const [other = ''] = others
    const second = await this.#tryOrigin(path, { origin: other, request, own })
    // That a server without TLS does not speak it does not explain what was wrong without.
    const isBeside = second.kind === 'error' && (answer.kind === 'reply' || isWithoutTls(second.error))
    if (isBeside) return this.#settle(origin, answer)
    if (answer.kind === 'reply') await answer.reply.discard()
    return this.#settle(other, second)
  }

  async #tryOrigin(
    path: string,
    {
      origin,
      request,
      own,
    }: { readonly origin: string; readonly request: RegistryRequest; readonly own: OwnHeaders },
  ): Promise<OriginAnswer> {
    try {
      return { kind: 'reply', reply: await this.#sendTo(new URL(path, origin), request, own) }
    } catch (error) {
      return { kind: 'error', error }
    }
  }

  #settle(origin: string, answer: OriginAnswer): HttpReply {
    if (answer.kind === 'error') throw answer.error
    this.#origins = [origin]
    return answer.reply
  }

  async #sendTo(url: URL, request: RegistryRequest, own: OwnHeaders): Promise<HttpReply> {
    const { method, headers, body } = request
    return await naming(url, () =>
      this.#client.send({
        url,
        method,
        headers: { ...headers, ...own },
        ...(body === undefined ? {} : { body }),
      }),
    )
  }
}

type OriginAnswer =
  | { readonly kind: 'reply'; readonly reply: HttpReply }
  | { readonly kind: 'error'; readonly error: unknown }

/** What goes to the registry itself alone. */
type OwnHeaders = { readonly authorization?: string }

function scopesOf({ purpose, repository, alsoPull = [] }: SessionOptions): readonly string[] {
  if (purpose.kind === 'log-in') return []
  if (purpose.kind === 'pull') return [`repository:${repository}:pull`]
  return [`repository:${repository}:pull,push`, ...alsoPull.map(name => `repository:${name}:pull`)]
}
