import { parseJsonObject, textAt } from '../json-reader.ts'
import type { Challenge } from './challenge.ts'
import type { Credentials } from './credentials.ts'
import type { HttpClient, HttpReply, HttpRequest } from './http-client.ts'

/** What a token is asked for with. */
export interface TokenRequest {
  readonly client: HttpClient
  readonly challenge: Extract<Challenge, { kind: 'bearer' }>
  /** Where the challenge names none. */
  readonly scope: string
  readonly credentials: Credentials | undefined
  /** The address of the registry that gave the challenge. */
  readonly registry: URL
}

/** A token, or the answer that was given instead. */
export type TokenReply =
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'refused'; readonly status: number }

const LARGEST_ANSWER = 1024 * 1024

/**
 * Gets a Bearer token from the realm of a challenge: by GET with the password or as nobody, or by POST with an
 * identity token.
 *
 * @throws {SyntaxError} If the realm is unsafe or its answer holds no token.
 */
export async function fetchAccessToken(request: TokenRequest): Promise<TokenReply> {
  const reply = await request.client.send(tokenRequest(request, realmOf(request)))
  if (reply.status !== 200) {
    await reply.discard()
    return { kind: 'refused', status: reply.status }
  }
  return { kind: 'token', token: await readToken(reply) }
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

function tokenRequest({ challenge, scope, credentials }: TokenRequest, realm: URL): HttpRequest {
  const fields = new URLSearchParams({ scope: challenge.scope ?? scope })
  if (challenge.service !== undefined) fields.set('service', challenge.service)
  if (credentials?.kind === 'identity-token') {
    fields.set('grant_type', 'refresh_token')
    fields.set('refresh_token', credentials.token)
    fields.set('client_id', 'tcompose')
    return { url: realm, headers: {}, form: fields }
  }
  const url = new URL(realm)
  for (const [name, value] of fields) url.searchParams.set(name, value)
  if (credentials !== undefined) url.searchParams.set('account', credentials.username)
  return { url, headers: credentials === undefined ? {} : { authorization: basicAuthorization(credentials) } }
}

/** Returns the value of the header `Authorization`. */
export function basicAuthorization({
  username,
  password,
}: Extract<Credentials, { kind: 'password' }>): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
}

async function readToken(reply: HttpReply): Promise<string> {
  const bytes = await reply.bytes(LARGEST_ANSWER)
  if (bytes === undefined) throw new SyntaxError(`the token server ${reply.url.host} answers too much`)
  const answer = parseJsonObject(bytes, `token server's answer`)
  const token = textAt(answer, 'token') || textAt(answer, 'access_token')
  if (!token) throw new SyntaxError(`the token server ${reply.url.host} answers without a token`)
  return token
}
