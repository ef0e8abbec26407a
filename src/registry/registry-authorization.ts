import { basicAuthorization, fetchAccessToken, type TokenReply } from './access-token.ts'
import { type Challenge, parseChallenge } from './challenge.ts'
import { type Credentials, findCredentials } from './credentials.ts'
import { readExplanation } from './explanation.ts'
import type { HttpClient, HttpReply } from './http-client.ts'
import type { RegistryEndpoint } from './registry-endpoint.ts'
import { imageDenied, rateLimited, requestFailed } from './registry-errors.ts'
import type { RegistryPurpose } from './registry-purpose.ts'
import { parseRetryAfter } from './retry.ts'
import { naming, PassingError } from './send-error.ts'

/** For whom and what a registry is to be asked. */
export interface AuthorizationOptions {
  readonly client: HttpClient
  readonly endpoint: RegistryEndpoint
  readonly purpose: RegistryPurpose
  readonly environment: NodeJS.ProcessEnv
  /** What a token must allow, the needed first. Those behind it may be refused. */
  readonly scopes: readonly string[]
  /** @default what the user is logged in with */
  readonly credentials?: Credentials
}

/** What a request was sent with. */
export interface SentHeader {
  readonly used: string | undefined
  /** The request has answered a challenge before. */
  readonly isRepeated: boolean
}

/** A password is right or wrong, and a token that does not reach so far is not a question of its age. */
function isFinal(challenge: Challenge): boolean {
  return challenge.kind === 'basic' || challenge.error === 'insufficient_scope'
}

interface Header {
  readonly value: string
  /** As `performance.now()`; undefined where only the registry knows. */
  readonly expiresAt: number | undefined
}

/** A token that is about to expire would do so on its way. */
const EXPIRY_MARGIN_MS = 500

/**
 * The header `Authorization` of requests to one registry: none until the registry asks for one, then what its
 * challenge wants, requested again when it has expired. Shared by requests that run side by side.
 */
export class RegistryAuthorization {
  readonly #options: AuthorizationOptions
  #credentials: Promise<Credentials | undefined> | undefined
  #header: Promise<Header> | undefined
  #identityToken: string | undefined
  #answered: { readonly challenge: Challenge; readonly registry: URL } | undefined

  constructor(options: AuthorizationOptions) {
    this.#options = options
  }

  /** What a token server gave in place of a password, where this is a log-in. */
  get identityToken(): string | undefined {
    return this.#identityToken
  }

  /** Returns the header's value, or undefined while none is known to be needed. @throws As `answer`. */
  async current(): Promise<string | undefined> {
    const header = this.#header
    const known = await header
    if (known?.expiresAt === undefined || this.#answered === undefined) return known?.value
    if (performance.now() < known.expiresAt - EXPIRY_MARGIN_MS) return known.value
    const { challenge, registry } = this.#answered
    return await this.#renew(header, challenge, registry)
  }

  /**
   * Returns the value that answers the challenge of a reply with 401 to a request that was sent with `used`; undefined
   * if there is none to answer, or none that would help where a challenge to it was answered before. The reply's body
   * is used up unless undefined is returned.
   *
   * @throws {TcomposeError} `image-denied`, `registry-settings` or as the purpose fails.
   * @throws {PassingError} If the token server may answer otherwise soon.
   * @throws {SendError} If the token server does not answer.
   */
  async answer(reply: HttpReply, { used, isRepeated }: SentHeader): Promise<string | undefined> {
    const challenge = parseChallenge(reply.headers('www-authenticate'))
    if (challenge === undefined || (isRepeated && isFinal(challenge))) return undefined
    await reply.discard()
    const header = this.#header
    // Of several requests that meet an expired token, the first renews it for all.
    if (header !== undefined) {
      const { value } = await header
      if (value !== used) return value
    }
    return await this.#renew(header, challenge, reply.url)
  }

  /** Tells whether the user has a log-in for the registry, as far as that was needed. */
  async hasCredentials(): Promise<boolean> {
    return (await this.#credentials) !== undefined
  }

  /** Replaces `old`, unless another request has done so by now. */
  async #renew(old: Promise<Header> | undefined, challenge: Challenge, registry: URL): Promise<string> {
    if (this.#header === old) {
      this.#answered = { challenge, registry }
      this.#header = this.#authorize(challenge, registry)
    }
    const own = this.#header
    try {
      return (await own)?.value ?? ''
    } catch (error) {
      if (this.#header === own) this.#header = undefined
      throw error
    }
  }

  async #authorize(challenge: Challenge, registry: URL): Promise<Header> {
    const { endpoint, environment, credentials: given } = this.#options
    this.#credentials ??=
      given === undefined ? findCredentials(endpoint.name, environment) : Promise.resolve(given)
    const credentials = await this.#credentials
    if (challenge.kind === 'basic') {
      if (credentials?.kind !== 'password') throw await this.#denied('')
      return { value: basicAuthorization(credentials), expiresAt: undefined }
    }
    const reply = await this.#fetchToken(challenge, registry, credentials)
    if (reply.kind === 'refused') throw await this.#refusal(reply.reply)
    const { token, expiresInS } = reply
    this.#identityToken = reply.identityToken
    const expiresAt = expiresInS === undefined ? undefined : performance.now() + expiresInS * 1000
    return { value: `Bearer ${token}`, expiresAt }
  }

  /** Some token servers refuse all of a request of which they would grant a part. */
  async #fetchToken(
    challenge: Extract<Challenge, { kind: 'bearer' }>,
    registry: URL,
    credentials: Credentials | undefined,
  ): Promise<TokenReply> {
    const { client, purpose } = this.#options
    const realm = new URL(challenge.realm, registry)
    const offline = purpose.kind === 'log-in'
    const ask = (scopes: readonly string[]) =>
      naming(realm, () => fetchAccessToken({ client, challenge, scopes, credentials, registry, offline }))
    const scopes = this.#scopesFor(challenge)
    const reply = await ask(scopes)
    const isRefused = reply.kind === 'refused' && (reply.reply.status === 401 || reply.reply.status === 403)
    if (!isRefused || scopes.length < 2) return reply
    await reply.reply.discard()
    return await ask(scopes.slice(0, 1))
  }

  /** A registry that names its repositories otherwise than its images are named gives the name in its challenge. */
  #scopesFor({ scope }: Extract<Challenge, { kind: 'bearer' }>): readonly string[] {
    const { scopes, purpose } = this.#options
    return purpose.kind === 'pull' && scope !== undefined ? [scope] : scopes
  }

  async #refusal(reply: HttpReply): Promise<Error> {
    const { endpoint, purpose } = this.#options
    const { status } = reply
    const { text } = await readExplanation(reply)
    const waitMs = parseRetryAfter(reply.header('retry-after'), Date.now())
    if (status === 429) {
      const hasCredentials = await this.hasCredentials()
      const limit = { host: endpoint.name, waitMs, hasCredentials, explanation: text }
      return new PassingError(rateLimited(purpose, limit), waitMs)
    }
    if (status < 500) return await this.#denied(text)
    const problem = `the token server ${reply.url.host} of ${endpoint.name} answers ${status}${text}, expected a token`
    return new PassingError(requestFailed(purpose, problem), waitMs)
  }

  async #denied(explanation: string): Promise<Error> {
    const { endpoint, purpose } = this.#options
    const hasCredentials = await this.hasCredentials()
    return imageDenied(purpose, { host: endpoint.name, hasCredentials, explanation })
  }
}
