import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { fetchImage } from '../../src/engine/local/image/fetch-image.ts'
import { parseReference } from '../../src/oci/reference.ts'
import { parseRegistryReference } from '../../src/oci/registry-reference.ts'
import { resolveDigest } from '../../src/registry/pull-image.ts'
import { pushImage } from '../../src/registry/push-image.ts'
import { MAY_DOWNLOAD } from '../support/parts/find-program.ts'
import { type Certificates, makeCertificates } from '../support/registry/certificates.ts'
import { startFaultProxy } from '../support/registry/fault-proxy.ts'
import { startRegistry } from '../support/registry/registry-server.ts'
import { type MaybeServed, type ServedImages, serveImages } from '../support/registry/served-image.ts'
import {
  startTokenServer,
  type TokenServer,
  type TokenServerOptions,
} from '../support/registry/token-server.ts'
import { tarArchive } from '../support/tar-archive.ts'

let shared: Promise<MaybeServed> | undefined

/** A registry without users that has `t/img:1`, for all tests. */
async function theImages(): Promise<MaybeServed> {
  shared ??= (async () => {
    const served = await serveImages()
    if (served.kind === 'missing') return served
    const layers = ['a', 'b', 'c'].map(name => tarArchive([{ name, content: name }]))
    await served.push('1', { layers: await Promise.all(layers) })
    return served
  })()
  return await shared
}

afterAll(async () => (await shared)?.[Symbol.asyncDispose]())

/** A registry with the same images that wants tokens, and the server of those. */
interface Guarded extends AsyncDisposable {
  readonly host: string
  readonly tokens: TokenServer
}

let guards = 0

async function guard(
  served: ServedImages,
  options: Omit<TokenServerOptions, 'certificates'>,
): Promise<Guarded | { readonly reason: string }> {
  guards += 1
  const folder = join(served.folder, `guard-${guards}`)
  mkdirSync(folder)
  const certificates: Certificates | string = await makeCertificates(folder).catch(String)
  if (typeof certificates === 'string') return { reason: certificates }
  const tokens = await startTokenServer({ ...options, certificates })
  const registry = await startRegistry({
    storage: served.storage,
    config: join(folder, 'registry.json'),
    auth: {
      token: {
        realm: tokens.realm,
        service: 'registry of tests',
        issuer: 'issuer of tests',
        rootcertbundle: certificates.authority,
      },
    },
  })
  const stop = async () => {
    await registry[Symbol.asyncDispose]()
    await tokens[Symbol.asyncDispose]()
  }
  if (registry.kind === 'ready') return { host: registry.host, tokens, [Symbol.asyncDispose]: stop }
  await stop()
  return registry
}

function rootsIn(served: ServedImages): { readonly data: string; readonly run: string } {
  return { data: join(served.folder, `data-${guards}`), run: served.folder }
}

const REGISTRY_SCOPES = (tokens: TokenServer) =>
  tokens.calls.map(({ url }) => url.searchParams.getAll('scope'))

test('a token is made anew before it expires, for requests that follow', MAY_DOWNLOAD, async ({ skip }) => {
  const served = await theImages()
  if (served.kind === 'missing') return skip(served.reason)
  // Less than the margin: every token is about to expire.
  const guarded = await guard(served, { fields: { expires_in: 0.4 } })
  if ('reason' in guarded) return skip(guarded.reason)
  await using _ = guarded
  await fetchImage(rootsIn(served), { reference: `${guarded.host}/t/img:1` }, { onProgress: () => {} })
  expect(guarded.tokens.calls.length).toBeGreaterThan(1)
})

test('a token server that is out of order for a while is asked again', MAY_DOWNLOAD, async ({ skip }) => {
  const served = await theImages()
  if (served.kind === 'missing') return skip(served.reason)
  const guarded = await guard(served, {})
  if ('reason' in guarded) return skip(guarded.reason)
  await using _ = guarded
  let asked = 0
  await using broken = await startFaultProxy(new URL(guarded.tokens.realm).host, () => {
    asked += 1
    return asked < 3 ? { kind: 'answer', status: 503 } : { kind: 'none' }
  })
  await using proxy = await startFaultProxy(guarded.host, ({ authorization }) =>
    authorization === undefined
      ? {
          kind: 'answer',
          status: 401,
          headers: {
            'www-authenticate': `Bearer realm="http://${broken.host}/token",service="registry of tests",scope="repository:t/img:pull"`,
          },
        }
      : { kind: 'none' },
  )
  await fetchImage(rootsIn(served), { reference: `${proxy.host}/t/img:1` }, { onProgress: () => {} })
  expect(asked).toBe(3)
})

test(
  'a push asks for the right to push, and to pull from where blobs are taken over',
  MAY_DOWNLOAD,
  async ({ skip }) => {
    const served = await theImages()
    if (served.kind === 'missing') return skip(served.reason)
    const guarded = await guard(served, {})
    if ('reason' in guarded) return skip(guarded.reason)
    await using _ = guarded
    const roots = rootsIn(served)
    await fetchImage(roots, { reference: `${guarded.host}/t/img:1` }, { onProgress: () => {} })
    const before = guarded.tokens.calls.length
    await push(served, guarded.host, 'u/new')
    expect(REGISTRY_SCOPES(guarded.tokens).slice(before)).toEqual([
      ['repository:u/new:pull,push', 'repository:t/img:pull'],
    ])
    await fetchImage(roots, { reference: `${served.host}/u/new:1` }, { onProgress: () => {} })
  },
)

test('a push goes on with the right to push where the other is refused', MAY_DOWNLOAD, async ({ skip }) => {
  const served = await theImages()
  if (served.kind === 'missing') return skip(served.reason)
  const guarded = await guard(served, { accepts: ({ url }) => url.searchParams.getAll('scope').length < 2 })
  if ('reason' in guarded) return skip(guarded.reason)
  await using _ = guarded
  await fetchImage(rootsIn(served), { reference: `${guarded.host}/t/img:1` }, { onProgress: () => {} })
  await push(served, guarded.host, 'u/other')
  expect(REGISTRY_SCOPES(guarded.tokens).at(-1)).toEqual(['repository:u/other:pull,push'])
  await fetchImage(rootsIn(served), { reference: `${served.host}/u/other:1` }, { onProgress: () => {} })
})

async function push(served: ServedImages, host: string, repository: string): Promise<void> {
  const reference = `${host}/${repository}:1`
  const target = parseReference(reference)
  if (target.kind !== 'registry') throw new Error(`${reference} is local`)
  await pushImage({
    roots: rootsIn(served),
    source: parseRegistryReference(`${host}/t/img:1`),
    target,
    reference,
    environment: {},
    onProgress: () => {},
    wait: async () => {},
  })
}

test(
  'a password reaches neither a mirror that asks for one nor its token server',
  MAY_DOWNLOAD,
  async ({ skip }) => {
    const served = await theImages()
    if (served.kind === 'missing') return skip(served.reason)
    guards += 1
    await using tokens = await startFaultProxy(served.host, () => ({ kind: 'answer', status: 401 }))
    await using mirror = await startFaultProxy(served.host, () => ({
      kind: 'answer',
      status: 401,
      headers: { 'www-authenticate': `Bearer realm="http://${tokens.host}/token"` },
    }))
    await using registry = await startFaultProxy(served.host, ({ authorization }) =>
      authorization === undefined
        ? { kind: 'answer', status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } }
        : { kind: 'none' },
    )
    const folder = join(served.folder, `guard-${guards}`)
    mkdirSync(folder)
    const auth = Buffer.from('user:secret').toString('base64')
    writeFileSync(join(folder, 'config.json'), JSON.stringify({ auths: { [registry.host]: { auth } } }))
    writeFileSync(
      join(folder, 'registries.json'),
      JSON.stringify({ registries: { [registry.host]: { mirrors: [mirror.host] } } }),
    )
    const reference = `${registry.host}/t/img:1`
    const target = parseReference(reference)
    if (target.kind !== 'registry') throw new Error(`${reference} is local`)
    const environment = { DOCKER_CONFIG: folder, TCOMPOSE_REGISTRIES: join(folder, 'registries.json') }
    await resolveDigest({ reference, parsed: target, environment, wait: async () => {} })
    const seen = [...mirror.calls, ...tokens.calls].map(({ authorization }) => authorization)
    expect(seen.length).toBeGreaterThan(1)
    expect(new Set(seen)).toEqual(new Set([undefined]))
    expect(registry.calls.at(-1)?.authorization).toBe(`Basic ${auth}`)
  },
)
