import { createServer } from 'node:http'
import { expect, test } from 'vitest'
import { fetchAccessToken } from '../../src/registry/access-token.ts'
import { HttpClient } from '../../src/registry/http-client.ts'
import { close, listen } from '../support/registry/token-server.ts'

interface Asked {
  readonly realm: string
  readonly registry: string
}

/** Asks as a user who is logged in. `seen` is what a server at `REALM` was sent. */
async function ask({ realm, registry }: Asked) {
  const seen: Array<string | undefined> = []
  const server = createServer((request, response) => {
    seen.push(request.headers.authorization)
    response.end('{"token": "abc", "expires_in": 60}')
  })
  const port = await listen(server)
  const endpoint = { name: 'registry.test', origins: [registry], verify: true, authorities: [] }
  await using client = new HttpClient({ endpoint, environment: {}, signal: undefined })
  const reply = await fetchAccessToken({
    client,
    challenge: {
      kind: 'bearer',
      realm: realm.replace('REALM', `127.0.0.1:${port}`),
      service: undefined,
      scope: undefined,
      error: undefined,
    },
    scopes: [],
    credentials: { kind: 'password', username: 'user', password: 'secret' },
    registry: new URL(registry),
  }).catch(String)
  await close(server)
  return { reply: typeof reply === 'string' ? reply.replace(String(port), 'PORT') : reply, seen }
}

test('fetchAccessToken() shows the password to no token server without TLS that a registry with it names', async () => {
  const { reply, seen } = await ask({ realm: 'http://REALM/token', registry: 'https://registry.test/v2/' })
  expect(reply).toBe(
    'SyntaxError: registry.test names http://127.0.0.1:PORT as its token server, expected one with TLS',
  )
  expect(seen).toEqual([])
})

test('fetchAccessToken() asks a token server without TLS for a registry without', async () => {
  const { reply, seen } = await ask({ realm: 'http://REALM/token', registry: 'http://registry.test/v2/' })
  expect(reply).toEqual({ kind: 'token', token: 'abc', expiresInS: 60, identityToken: undefined })
  expect(seen).toEqual([`Basic ${Buffer.from('user:secret').toString('base64')}`])
})

for (const realm of ['no address', 'file:///etc/hostname', 'ftp://REALM/token', 'httpsx://REALM/token']) {
  test(`fetchAccessToken() refuses "${realm}" as a token server`, async () => {
    const { reply, seen } = await ask({ realm, registry: 'http://registry.test/v2/' })
    expect(reply).toMatch(/^SyntaxError: registry\.test names ".*" as its token server, expected an address$/)
    expect(seen).toEqual([])
  })
}
