import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseReference } from '../../src/oci/reference.ts'
import { pullImage } from '../../src/registry/pull-image.ts'
import { NO_LEASE } from '../support/no-lease.ts'
import { MAY_DOWNLOAD } from '../support/parts/find-program.ts'
import { type Certificates, makeCertificates } from '../support/registry/certificates.ts'
import { startFaultProxy } from '../support/registry/fault-proxy.ts'
import { startRegistry } from '../support/registry/registry-server.ts'
import { type ServedImages, serveImages } from '../support/registry/served-image.ts'
import { startTokenServer, type TokenCall } from '../support/registry/token-server.ts'
import { tarArchive } from '../support/tar-archive.ts'

let pulls = 0

/** Pulls `<host>/t/img:1` into a store of its own. */
async function pull(served: ServedImages, host: string, environment: NodeJS.ProcessEnv): Promise<void> {
  const reference = `${host}/t/img:1`
  const parsed = parseReference(reference)
  if (parsed.kind !== 'registry') throw new Error(`${reference} is local`)
  pulls += 1
  const roots = { data: join(served.folder, `data-${pulls}`), run: join(served.folder, 'run') }
  const wait = async () => {}
  await pullImage({
    roots,
    reference,
    parsed,
    policy: 'missing',
    onProgress: () => {},
    environment,
    wait,
    lease: NO_LEASE,
    areLayersInUse: () => false,
  })
}

function dockerConfig(served: ServedImages, config: object): NodeJS.ProcessEnv {
  writeFileSync(join(served.folder, 'config.json'), JSON.stringify(config))
  return { DOCKER_CONFIG: served.folder, PATH: `${served.folder}/bin:${process.env['PATH']}` }
}

function helper(served: ServedImages, name: string, script: string): void {
  mkdirSync(join(served.folder, 'bin'), { recursive: true })
  const path = join(served.folder, 'bin', `docker-credential-${name}`)
  writeFileSync(path, `#!/bin/sh\n${script}\n`)
  chmodSync(path, 0o755)
}

const AUTH = Buffer.from('user:pass:word').toString('base64')
/** bcrypt of "pass:word". */
const HTPASSWD = 'user:$2y$05$abcdefghijklmnopqrstuuDIEddBSuRWBBEY6g5zv60IAP5bSSfki\n'

describe('pullImage() logs in', () => {
  const ways: ReadonlyArray<{ readonly what: string; readonly config: (host: string) => object }> = [
    { what: 'by auths', config: host => ({ auths: { [host]: { auth: AUTH } } }) },
    {
      what: 'by auths with a scheme',
      config: host => ({ auths: { [`https://${host}/v1/`]: { auth: AUTH } } }),
    },
    {
      what: 'by auths in plain fields',
      config: host => ({ auths: { [host]: { username: 'user', password: 'pass:word' } } }),
    },
    {
      what: 'by a helper of the host',
      config: host => ({ credHelpers: { [host]: 'good' }, credsStore: 'bad' }),
    },
    { what: 'by a helper of all hosts', config: () => ({ credsStore: 'good' }) },
    {
      what: 'by auths where the helper has nothing',
      config: host => ({ auths: { [host]: { auth: AUTH } }, credsStore: 'none' }),
    },
  ]
  for (const { what, config } of ways) {
    test(`${what}, to a registry with Basic`, MAY_DOWNLOAD, async ({ skip }) => {
      await using served = await serveImages()
      if (served.kind === 'missing') return skip(served.reason)
      await served.push('1', { layers: [await tarArchive([{ name: 'a', content: 'a' }])] })
      const path = join(served.folder, 'htpasswd')
      writeFileSync(path, HTPASSWD)
      await using registry = await startRegistry({
        storage: served.storage,
        config: join(served.folder, 'basic.json'),
        auth: { htpasswd: { realm: 'tests', path } },
      })
      if (registry.kind === 'missing') return skip(registry.reason)
      const { host } = registry
      helper(
        served,
        'good',
        `read host; [ "$1 $host" = "get ${host}" ] && echo '{"ServerURL":"x","Username":"user","Secret":"pass:word"}'`,
      )
      helper(served, 'bad', 'exit 1')
      helper(served, 'none', 'echo "credentials not found in native keychain"; exit 1')
      await pull(served, host, dockerConfig(served, config(host)))
      await expect(pull(served, host, {})).rejects.toMatchObject({
        code: 'image-denied',
        message: expect.stringContaining('a user that is not logged in'),
        hint: expect.stringContaining('tcompose login'),
      })
      const wrong = { auths: { [host]: { auth: Buffer.from('user:wrong').toString('base64') } } }
      await expect(pull(served, host, dockerConfig(served, wrong))).rejects.toMatchObject({
        code: 'image-denied',
        message: expect.stringContaining('the user that is logged in there'),
      })
    })
  }

  test('and says which helper failed', MAY_DOWNLOAD, async ({ skip }) => {
    await using served = await serveImages()
    if (served.kind === 'missing') return skip(served.reason)
    await using proxy = await startFaultProxy(served.host, () => ({
      kind: 'answer',
      status: 401,
      headers: { 'www-authenticate': 'Basic realm="x"' },
    }))
    helper(served, 'bad', 'echo broken; exit 3')
    for (const [name, says] of [
      ['bad', 'it ended with 3 (broken)'],
      ['gone', 'it cannot be run'],
    ] as const) {
      await expect(
        pull(served, proxy.host, dockerConfig(served, { credsStore: name })),
      ).rejects.toMatchObject({
        code: 'registry-settings',
        message: expect.stringContaining(`"docker-credential-${name}": ${says}`),
      })
    }
  })
})

describe('pullImage() gets a token', () => {
  interface TokenCase {
    readonly what: string
    readonly field?: 'token' | 'access_token'
    readonly config: (host: string) => object
    readonly accepts: (call: TokenCall) => boolean
  }
  const cases: readonly TokenCase[] = [
    {
      what: 'as nobody',
      config: () => ({}),
      accepts: call => call.method === 'GET' && call.authorization === undefined,
    },
    { what: 'as access_token', field: 'access_token', config: () => ({}), accepts: () => true },
    {
      what: 'with a password',
      config: host => ({ auths: { [host]: { auth: AUTH } } }),
      accepts: call =>
        call.authorization === `Basic ${AUTH}` && call.url.searchParams.get('account') === 'user',
    },
    {
      what: 'with an identity token',
      config: host => ({ auths: { [host]: { identitytoken: 'refresh' } } }),
      accepts: ({ method, form }) =>
        method === 'POST' &&
        form.get('refresh_token') === 'refresh' &&
        form.get('grant_type') === 'refresh_token',
    },
  ]
  for (const { what, field, config, accepts } of cases) {
    test(`${what}, once for the whole pull, and anew when it has expired`, MAY_DOWNLOAD, async ({ skip }) => {
      await using served = await serveImages()
      if (served.kind === 'missing') return skip(served.reason)
      const layers = await Promise.all(['a', 'b', 'c'].map(name => tarArchive([{ name, content: name }])))
      await served.push('1', { layers })
      const certificates = await certificatesOrSkip(served.folder, skip)
      await using tokens = await startTokenServer({
        certificates,
        accepts,
        ...(field === undefined ? {} : { field }),
      })
      await using registry = await tokenRegistry(served, certificates, tokens.realm)
      if (registry.kind === 'missing') return skip(registry.reason)
      await pull(served, registry.host, dockerConfig(served, config(registry.host)))
      expect(tokens.calls).toHaveLength(1)
      const [call] = tokens.calls
      const said = (name: string) => call?.url.searchParams.get(name) ?? call?.form.get(name)
      expect(call?.url.searchParams.get('of')).toBe('tests')
      expect(said('scope')).toBe('repository:t/img:pull')
      expect(said('service')).toBe('registry of tests')

      await using proxy = await startFaultProxy(registry.host, ({ path, earlier }) =>
        path.includes('/blobs/') && earlier === 0
          ? {
              kind: 'answer',
              status: 401,
              headers: { 'www-authenticate': `Bearer realm="${tokens.realm}",service="registry of tests"` },
            }
          : { kind: 'none' },
      )
      await pull(served, proxy.host, dockerConfig(served, config(proxy.host)))
      expect(tokens.calls.length).toBeGreaterThan(2)
    })
  }

  test('and says so when it gets none', MAY_DOWNLOAD, async ({ skip }) => {
    await using served = await serveImages()
    if (served.kind === 'missing') return skip(served.reason)
    await served.push('1', { layers: [await tarArchive([{ name: 'a', content: 'a' }])] })
    const certificates = await certificatesOrSkip(served.folder, skip)
    await using tokens = await startTokenServer({ certificates, accepts: () => false })
    await using registry = await tokenRegistry(served, certificates, tokens.realm)
    if (registry.kind === 'missing') return skip(registry.reason)
    await expect(pull(served, registry.host, {})).rejects.toMatchObject({ code: 'image-denied' })
    expect(tokens.calls).toHaveLength(1)
  })
})

test(
  'pullImage() trusts an authority that is named for the registry, and no other',
  MAY_DOWNLOAD,
  async ({ skip }) => {
    await using served = await serveImages()
    if (served.kind === 'missing') return skip(served.reason)
    await served.push('1', { layers: [await tarArchive([{ name: 'a', content: 'a' }])] })
    const { authority: ca, certificate, key } = await certificatesOrSkip(served.folder, skip)
    await using registry = await startRegistry({
      storage: served.storage,
      config: join(served.folder, 'tls.json'),
      tls: { certificate, key },
    })
    if (registry.kind === 'missing') return skip(registry.reason)
    const { host } = registry
    const settings = (setting: object) => {
      const path = join(served.folder, 'registries.json')
      writeFileSync(path, JSON.stringify({ registries: { [host]: setting } }))
      return { TCOMPOSE_REGISTRIES: path }
    }
    await pull(served, host, settings({ ca }))
    await pull(served, host, {})
    mkdirSync(join(served.folder, 'other'))
    const { authority: other } = await makeCertificates(join(served.folder, 'other'))
    await expect(pull(served, host, settings({ ca: other }))).rejects.toMatchObject({
      code: 'registry-unreachable',
      message: expect.stringContaining(`the certificate of ${host} cannot be trusted`),
      hint: expect.stringContaining(`/etc/docker/certs.d/${host}/ca.crt`),
    })
    await expect(pull(served, served.host, settings({}))).resolves.toBeUndefined()
  },
)

async function certificatesOrSkip(folder: string, skip: (reason: string) => never): Promise<Certificates> {
  try {
    return await makeCertificates(folder)
  } catch (error) {
    return skip(String(error))
  }
}

function tokenRegistry(served: ServedImages, { authority }: Certificates, realm: string) {
  return startRegistry({
    storage: served.storage,
    config: join(served.folder, 'token.json'),
    auth: {
      token: { realm, service: 'registry of tests', issuer: 'issuer of tests', rootcertbundle: authority },
    },
  })
}
