import { countAt, parseJsonObject, textAt } from '../base/json-reader.ts'
import type { Challenge } from './challenge.ts'
import type { Credentials } from './credentials.ts'
import type { HttpClient, HttpReply, HttpRequest } from './http-client.ts'

/** What a token is asked for with. */
export interface TokenRequest {
  readonly client: HttpClient
  readonly challenge: Extract<Challenge, { kind: 'bearer' }>
  /** E.g. `repository:library/redis:pull`. */
  readonly scopes: readonly string[]
  readonly credentials: Credentials | undefined
  /** The address of the registry that gave the challenge. */
  readonly registry: URL
  /** Ask for an identity token too. @default false */
  readonly offline?: boolean
}

/** A token, or the answer that was given instead. */
export type TokenReply =
  | ({ readonly kind: 'token' } & AccessToken)
  | { readonly kind: 'refused'; readonly reply: HttpReply }

/** What a token server gives. */
export interface AccessToken {
  readonly token: string
  /** Seconds that it is good for; undefined where the server does not say. */
  readonly expiresInS: number | undefined
  /** An OAuth2 refresh token, where one was asked for and is given. */
  readonly identityToken: string | undefined
}

const LARGEST_ANSWER = 1024 * 1024
const CLIENT_ID = 'tcompose'

/**
 * Gets a Bearer token from the realm of a challenge: by GET with the password or anonymously, or by POST with an
 * identity token.
 *
 * @throws {SyntaxError} If the realm is unsafe or its answer holds no token.
 */
export async function fetchAccessToken(request: TokenRequest): Promise<TokenReply> {
  const reply = await request.client.send(tokenRequest(request, realmOf(request)))
  if (reply.status !== 200) return { kind: 'refused', reply }
  return { kind: 'token', ...(await readToken(reply)) }
}

/** A realm without TLS would show the password that was meant for a registry with it. */
function realmOf({ challenge, registry }: TokenRequest): URL {
  const realm = URL.parse(challenge.realm)
  if (realm === null || !/^https?:$/.test(realm.protocol)) {
    throw new SyntaxError(
      `${registry.host} names "${challenge.realm}" as its token server, expected an address`,
    )
  }
  if (realm.protocol === 'http:' && registry.protocol === 'https:') {
    throw new SyntaxError(`${registry.host} names ${realm.origin} as its token server, expected one with TLS`)
  }
  return realm
}

function tokenRequest(request: TokenRequest, realm: URL): HttpRequest {
  const { challenge, scopes, credentials } = request
  const fields = new URLSearchParams()
  if (challenge.service !== undefined) fields.set('service', challenge.service)
  if (credentials?.kind === 'identity-token') {
    if (scopes.length > 0) fields.set('scope', scopes.join(' '))
    fields.set('grant_type', 'refresh_token')
    fields.set('refresh_token', credentials.token)
    fields.set('client_id', CLIENT_ID)
    return { url: realm, headers: {}, body: { kind: 'form', fields } }
  }
  for (const scope of scopes) fields.append('scope', scope)
  if (credentials !== undefined) fields.set('account', credentials.username)
  if (request.offline === true) {
    fields.set('offline_token', 'true')
    fields.set('client_id', CLIENT_ID)
  }
  const url = new URL(realm)
  for (const [name, value] of fields) url.searchParams.append(name, value)
  return { url, headers: credentials === undefined ? {} : { authorization: basicAuthorization(credentials) } }
}

/** Returns the value of the header `Authorization`. */
export function basicAuthorization({
  username,
  password,
}: Extract<Credentials, { kind: 'password' }>): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
}

async function readToken(reply: HttpReply): Promise<AccessToken> {
  const bytes = await reply.bytes(LARGEST_ANSWER)
  if (bytes === undefined)
    throw new SyntaxError(`the token server ${reply.url.host} sends too long an answer`)
  const answer = parseJsonObject(bytes, `token server's answer`)
  const token = textAt(answer, 'token') || textAt(answer, 'access_token')
  if (!token) throw new SyntaxError(`the token server ${reply.url.host} sends no token`)
  return {
    token,
    expiresInS: countAt(answer, 'expires_in') || undefined,
    identityToken: textAt(answer, 'refresh_token') || undefined,
  }
}
