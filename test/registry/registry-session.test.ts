import { readFileSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { describe, expect, test } from 'vitest'
import { registryEndpoint } from '../../src/registry/registry-endpoint.ts'
import { RegistrySession } from '../../src/registry/registry-session.ts'
import { makeCertificates } from '../support/registry/certificates.ts'
import { type Answer, askRegistry } from '../support/registry/scripted-registry.ts'
import { close, listen } from '../support/registry/token-server.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const LIMIT = 1000

/** Asks a registry of this machine twice and returns what it answers. */
async function ask(host: string): Promise<readonly string[]> {
  await using session = new RegistrySession({
    endpoint: registryEndpoint(host, new Map()),
    repository: 'a',
    purpose: { kind: 'pull', reference: 'a' },
    environment: {},
    wait: async () => {},
    signal: undefined,
  })
  const answers: string[] = []
  for (const path of ['manifests/1', 'manifests/2']) {
    const reply = await session.get({ path, headers: {} })
    answers.push(`${reply.url.protocol} ${String(await reply.bytes(LIMIT))}`)
  }
  return answers
}

/** Answers 200 with the path; the count of requests is in `asked`. */
function pathServer(): { readonly listener: RequestListener; readonly asked: string[] } {
  const asked: string[] = []
  const listener: RequestListener = (request, reply) => {
    asked.push(request.url ?? '')
    reply.end(request.url)
  }
  return { listener, asked }
}

describe('RegistrySession on the machine itself', () => {
  test('asks without TLS first, and nothing else where that is answered', async () => {
    const { listener, asked } = pathServer()
    const server = createServer(listener)
    const port = await listen(server)
    await using _closed = { [Symbol.asyncDispose]: () => close(server) }
    expect(await ask(`127.0.0.1:${port}`)).toEqual(['http: /v2/a/manifests/1', 'http: /v2/a/manifests/2'])
    expect(asked).toHaveLength(2)
  })

  test('goes over to TLS where the server breaks the plain connection', async ({ skip }) => {
    using folder = temporaryFolder()
    const made = await makeCertificates(folder.path).catch(String)
    if (typeof made === 'string') return skip(made)
    const { listener } = pathServer()
    const secrets = { cert: readFileSync(made.certificate), key: readFileSync(made.key) }
    const server = createTlsServer(secrets, listener)
    const port = await listen(server)
    let refused = 0
    server.on('tlsClientError', () => {
      refused += 1
    })
    await using _closed = { [Symbol.asyncDispose]: () => close(server) }
    expect(await ask(`127.0.0.1:${port}`)).toEqual(['https: /v2/a/manifests/1', 'https: /v2/a/manifests/2'])
    // What answered is asked alone from then on.
    expect(refused).toBe(1)
  })

  test('takes 400 for an answer where TLS gives none', async () => {
    const server = createServer((_, reply) => reply.writeHead(400).end())
    const port = await listen(server)
    await using _closed = { [Symbol.asyncDispose]: () => close(server) }
    await expect(ask(`127.0.0.1:${port}`)).rejects.toMatchObject({
      code: 'image-pull',
      message: expect.stringContaining(`127.0.0.1:${port} answers 400`),
    })
  })
})

/** A registry that takes the tokens whose numbers `takes` says yes to; its token server counts them from 1. */
async function askGuarded(
  takes: (token: number) => boolean,
  error: string,
): Promise<{ readonly tokens: number; readonly answer: unknown }> {
  let tokens = 0
  const server = createServer((request, reply) => {
    if (request.url?.startsWith('/token')) {
      tokens += 1
      reply.end(JSON.stringify({ token: `t${tokens}` }))
      return
    }
    const token = /^Bearer t(\d+)$/.exec(request.headers.authorization ?? '')?.[1]
    if (token !== undefined && takes(Number(token))) return reply.end('content')
    const challenge = `Bearer realm="http://${request.headers.host}/token"`
    const said = token === undefined ? challenge : `${challenge},error="${error}"`
    reply.writeHead(401, { 'www-authenticate': said }).end()
  })
  const port = await listen(server)
  await using _closed = { [Symbol.asyncDispose]: () => close(server) }
  const answer = await ask(`127.0.0.1:${port}`).catch((failure: unknown) => failure)
  return { tokens, answer }
}

describe('RegistrySession with tokens', () => {
  test('gets another one while they expire on their way', async () => {
    const { tokens, answer } = await askGuarded(token => token >= 3, 'invalid_token')
    expect(answer).toEqual(['http: content', 'http: content'])
    expect(tokens).toBe(3)
  })

  test('takes one that is never good enough for a refusal after some', async () => {
    const { tokens, answer } = await askGuarded(() => false, 'invalid_token')
    expect(answer).toMatchObject({ code: 'image-denied' })
    expect(tokens).toBe(4)
  })

  test('takes one that does not reach so far for a refusal', async () => {
    const { tokens, answer } = await askGuarded(() => false, 'insufficient_scope')
    expect(answer).toMatchObject({ code: 'image-denied' })
    expect(tokens).toBe(1)
  })
})

test('RegistrySession tries again what may pass, after as long as the registry asks', async () => {
  const answers: Answer[] = [
    'break',
    { status: 503, headers: { 'retry-after': '2' } },
    { status: 200, body: 'x' },
  ]
  const { result, calls, waits } = await askRegistry(
    () => answers.shift() ?? 'break',
    async session => String(await (await session.get({ path: 'manifests/1', headers: {} })).bytes(LIMIT)),
    { kind: 'pull', reference: 'a' },
  )
  expect([result, calls.length]).toEqual(['x', 3])
  expect(waits).toEqual([expect.any(Number), 2000])
})
