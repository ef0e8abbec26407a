import { createPrivateKey, randomUUID, sign, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { Certificates } from './certificates.ts'

/** One request for a token, as the server saw it. */
export interface TokenCall {
  readonly method: string
  readonly url: URL
  readonly authorization: string | undefined
  readonly form: URLSearchParams
}

/** A server of Bearer tokens on 127.0.0.1. */
export interface TokenServer extends AsyncDisposable {
  readonly realm: string
  readonly calls: readonly TokenCall[]
}

/** How it answers. */
export interface TokenServerOptions {
  readonly certificates: Certificates
  /** The field that holds the token. @default token */
  readonly field?: 'token' | 'access_token'
  /** Further fields of its answers, e.g. `expires_in`. */
  readonly fields?: Readonly<Record<string, unknown>>
  /** Requests for which this returns false get 401. @default all are allowed */
  readonly accepts?: (call: TokenCall) => boolean
}

/** Starts a token server whose tokens are accepted by a registry that trusts the authority of `certificates`. */
export async function startTokenServer({
  certificates,
  field = 'token',
  fields = {},
  accepts = () => true,
}: TokenServerOptions): Promise<TokenServer> {
  const calls: TokenCall[] = []
  const server = createServer(async (request, response) => {
    const call = await callOf(request)
    calls.push(call)
    if (!accepts(call)) return response.writeHead(401).end('{}')
    const scopes = [...call.url.searchParams.getAll('scope'), ...(call.form.get('scope')?.split(' ') ?? [])]
    response.end(JSON.stringify({ [field]: makeToken(certificates, scopes), ...fields }))
  })
  const port = await listen(server)
  return {
    realm: `http://127.0.0.1:${port}/token?of=tests`,
    calls,
    [Symbol.asyncDispose]: () => close(server),
  }
}

/** Listens on a free port of 127.0.0.1 and returns it. */
export async function listen(server: Server): Promise<number> {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** Ends a server and its connections. */
export async function close(server: Server): Promise<void> {
  server.closeAllConnections()
  await new Promise(resolve => server.close(resolve))
}

async function callOf(request: IncomingMessage): Promise<TokenCall> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return {
    method: request.method ?? '',
    url: new URL(request.url ?? '', 'http://127.0.0.1'),
    authorization: request.headers.authorization,
    form: new URLSearchParams(Buffer.concat(chunks).toString()),
  }
}

function makeToken({ certificate, key }: Certificates, scopes: readonly string[]): string {
  const access = scopes.map(scope => {
    const [type, name = '', actions = ''] = scope.split(':')
    return { type, name, actions: actions.split(',') }
  })
  const now = Math.floor(Date.now() / 1000)
  const leaf = new X509Certificate(readFileSync(certificate)).raw.toString('base64')
  const head = { typ: 'JWT', alg: 'ES256', x5c: [leaf] }
  const claims = {
    ...{ iss: 'issuer of tests', aud: 'registry of tests', sub: '', jti: randomUUID() },
    ...{ nbf: now - 10, iat: now, exp: now + 300 },
    access,
  }
  const text = [head, claims].map(part => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
  const signature = sign('sha256', Buffer.from(text), {
    key: createPrivateKey(readFileSync(key)),
    dsaEncoding: 'ieee-p1363',
  })
  return `${text}.${signature.toString('base64url')}`
}
