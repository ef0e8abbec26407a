import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { checkLogin, type LoginRequest } from '../../src/registry/check-login.ts'
import type { Credentials } from '../../src/registry/credentials.ts'
import { MAY_DOWNLOAD } from '../support/parts/find-program.ts'
import { makeCertificates } from '../support/registry/certificates.ts'
import { type Fault, startFaultProxy } from '../support/registry/fault-proxy.ts'
import { startRegistry } from '../support/registry/registry-server.ts'
import { startTokenServer } from '../support/registry/token-server.ts'
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.ts'

const USER: Credentials = { kind: 'password', username: 'user', password: 'pass:word' }
const WRONG: Credentials = { kind: 'password', username: 'user', password: 'wrong' }
/** bcrypt of "pass:word". */
const HTPASSWD = 'user:$2y$05$abcdefghijklmnopqrstuuDIEddBSuRWBBEY6g5zv60IAP5bSSfki\n'
const BASIC = `Basic ${Buffer.from('user:pass:word').toString('base64')}`

function request(host: string, credentials: Credentials): LoginRequest {
  return { host, credentials, environment: {}, signal: undefined, wait: async () => {} }
}

function registryIn(root: TemporaryFolder, auth?: object) {
  const at = (name: string) => join(root.path, name)
  return startRegistry({
    storage: at('storage'),
    config: at('registry.json'),
    ...(auth === undefined ? {} : { auth }),
  })
}

describe('checkLogin()', () => {
  test('is accepted by Basic with the right password alone', MAY_DOWNLOAD, async ({ skip }) => {
    using root = temporaryFolder()
    const path = join(root.path, 'htpasswd')
    writeFileSync(path, HTPASSWD)
    await using registry = await registryIn(root, { htpasswd: { realm: 'tests', path } })
    if (registry.kind === 'missing') return skip(registry.reason)
    expect(await checkLogin(request(registry.host, USER))).toEqual({ credentials: USER, isChecked: true })
    await expect(checkLogin(request(registry.host, WRONG))).rejects.toMatchObject({
      code: 'registry-login',
      message: `Cannot log in to "${registry.host}": it does not take the user and the password ("authentication required"), expected those of an account there`,
    })
  })

  test('is accepted by a token server, and takes its identity token', MAY_DOWNLOAD, async ({ skip }) => {
    using root = temporaryFolder()
    const certificates = await makeCertificates(root.path).catch(String)
    if (typeof certificates === 'string') return skip(certificates)
    for (const fields of [{}, { refresh_token: 'refresh' }]) {
      await using tokens = await startTokenServer({
        certificates,
        fields,
        accepts: ({ authorization, form }) =>
          authorization === BASIC || form.get('refresh_token') === 'refresh',
      })
      const { realm } = tokens
      const token = { realm, service: 'registry of tests', issuer: 'issuer of tests' }
      await using registry = await registryIn(root, {
        token: { ...token, rootcertbundle: certificates.authority },
      })
      if (registry.kind === 'missing') return skip(registry.reason)
      const identity: Credentials = { kind: 'identity-token', username: 'user', token: 'refresh' }
      const kept = 'refresh_token' in fields ? identity : USER
      expect(await checkLogin(request(registry.host, USER))).toEqual({ credentials: kept, isChecked: true })
      const [asked] = tokens.calls
      expect(asked?.url.searchParams.get('offline_token')).toBe('true')
      expect(asked?.url.searchParams.get('account')).toBe('user')
      expect(asked?.url.searchParams.get('service')).toBe('registry of tests')
      expect(asked?.url.searchParams.has('scope')).toBe(false)
      expect((await checkLogin(request(registry.host, identity))).isChecked).toBe(true)
      await expect(checkLogin(request(registry.host, WRONG))).rejects.toMatchObject({
        code: 'registry-login',
      })
    }
  })

  test('says that a registry lets everybody in', MAY_DOWNLOAD, async ({ skip }) => {
    using root = temporaryFolder()
    await using registry = await registryIn(root)
    if (registry.kind === 'missing') return skip(registry.reason)
    expect(await checkLogin(request(registry.host, WRONG))).toEqual({ credentials: WRONG, isChecked: false })
  })

  const failures: ReadonlyArray<{
    readonly what: string
    readonly fault: Fault
    readonly code: string
    readonly message: string
  }> = [
    {
      what: 'what is no registry',
      fault: { kind: 'answer', status: 404 },
      code: 'registry-login',
      message: 'answers 404, expected a registry',
    },
    {
      what: 'a registry that is out of order',
      fault: { kind: 'answer', status: 503 },
      code: 'registry-login',
      message: 'answers 503',
    },
    {
      what: 'a registry with too many requests',
      fault: { kind: 'answer', status: 429, headers: { 'retry-after': '900' } },
      code: 'registry-rate-limit',
      message: 'for another 900 s',
    },
    {
      what: 'a token server without TLS of a kind that is unknown',
      fault: {
        kind: 'answer',
        status: 401,
        headers: { 'www-authenticate': 'Bearer realm="ftp://a.example/",service="x"' },
      },
      code: 'registry-login',
      message: 'names "ftp://a.example/" as its token server',
    },
    {
      what: 'a token server that is not there',
      fault: {
        kind: 'answer',
        status: 401,
        headers: { 'www-authenticate': 'Bearer realm="http://127.0.0.1:1/",service="x"' },
      },
      code: 'registry-unreachable',
      message: '127.0.0.1:1 cannot be reached: nothing listens there',
    },
  ]
  for (const { what, fault, code, message } of failures) {
    test(`names ${what}`, async () => {
      await using proxy = await startFaultProxy('127.0.0.1:1', () => fault)
      await expect(checkLogin(request(proxy.host, USER))).rejects.toMatchObject({
        code,
        message: expect.stringMatching(new RegExp(`^Cannot log in to "${proxy.host}": .*${message}`)),
      })
    })
  }
})
