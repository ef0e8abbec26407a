import { execFileSync } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import type { Roots } from '../../src/engine/local/state/layout.ts'
import { parsePlatform } from '../../src/model/platform.ts'
import { parseRegistryReference } from '../../src/oci/registry-reference.ts'
import { type PushedImage, pushImage } from '../../src/registry/push-image.ts'
import type { PushRequest } from '../../src/registry/push-request.ts'
import { fetchImage } from '../support/fetch-image.ts'
import { digestOf, writeBlob, writeLayout } from '../support/hand-made-layout.ts'
import { findProgram, MAY_DOWNLOAD } from '../support/parts/find-program.ts'
import { type Fault, type ProxyCall, startFaultProxy } from '../support/registry/fault-proxy.ts'
import { type RegistryServer, startRegistry } from '../support/registry/registry-server.ts'
import { noise, type ServedImages, serveImages } from '../support/registry/served-image.ts'
import { startUploadServer } from '../support/registry/upload-server.ts'
import { tarArchive } from '../support/tar-archive.ts'

const KIB = 1024
const NONE: Fault = { kind: 'none' }

/** A store with an image that it pulled as `<served host>/t/img:1`, and an empty registry. */
interface Scene extends AsyncDisposable {
  readonly served: ServedImages
  readonly target: RegistryServer
  readonly roots: Roots
  readonly digest: string
}

type MaybeScene = Scene | { readonly missing: string }

let shared: Promise<MaybeScene> | undefined

/** Every test has a repository of its own in the one scene. */
function theScene(): Promise<MaybeScene> {
  shared ??= makeScene()
  return shared
}

afterAll(async () => {
  const scene = await shared
  if (scene !== undefined && !('missing' in scene)) await scene[Symbol.asyncDispose]()
})

let repositories = 0

/** Returns the name of a repository that no other test has. */
function aRepository(): string {
  repositories += 1
  return `a/b${repositories}`
}

async function makeScene(): Promise<MaybeScene> {
  const served = await serveImages()
  if (served.kind === 'missing') return { missing: served.reason }
  const layers = [noise(700 * KIB, 1), noise(300 * KIB, 2)].map((content, index) =>
    tarArchive([{ name: `f${index}`, content }]),
  )
  const digest = await served.push('1', { layers: await Promise.all(layers) })
  const roots = { data: join(served.folder, 'data'), run: join(served.folder, 'run') }
  await fetchImage(roots, { reference: `${served.host}/t/img:1` }, { onProgress: () => {} })
  const target = await startRegistry({
    storage: join(served.folder, 'target'),
    config: join(served.folder, 'target.json'),
  })
  if (target.kind === 'missing') {
    await served[Symbol.asyncDispose]()
    return { missing: target.reason }
  }
  return {
    served,
    target,
    roots,
    digest,
    [Symbol.asyncDispose]: async () => {
      await target[Symbol.asyncDispose]()
      await served[Symbol.asyncDispose]()
    },
  }
}

function push(
  { roots, served }: Pick<Scene, 'roots' | 'served'>,
  reference: string,
  changes: Partial<PushRequest> = {},
): Promise<PushedImage> {
  return pushImage({
    paths: roots,
    source: parseRegistryReference(`${served.host}/t/img:1`),
    target: parseRegistryReference(reference),
    reference,
    onProgress: () => {},
    environment: {},
    wait: async () => {},
    ...changes,
  })
}

async function tagOf(host: string, name: string): Promise<string | null> {
  const [path, tag] = name.split(':')
  const accept = 'application/vnd.oci.image.manifest.v1+json, application/vnd.oci.image.index.v1+json'
  const reply = await fetch(`http://${host}/v2/${path}/manifests/${tag}`, {
    method: 'HEAD',
    headers: { accept },
  })
  return reply.headers.get('docker-content-digest')
}

describe('pushImage()', () => {
  test('gives the registry what skopeo reads back, digest for digest', MAY_DOWNLOAD, async ({ skip }) => {
    const scene = await theScene()
    if ('missing' in scene) return skip(scene.missing)
    const name = aRepository()
    const { served, target, digest } = scene
    let last = { bytesDone: 0, bytesTotal: 1 }
    const pushed = await push(scene, `${target.host}/${name}:2`, {
      onProgress: progress => (last = progress),
    })
    expect(pushed).toEqual({ digest, wasThere: false })
    expect(last.bytesDone).toBe(last.bytesTotal)
    expect(await push(scene, `${target.host}/${name}:2`)).toEqual({ digest, wasThere: true })
    const skopeo = await findProgram('skopeo')
    if (skopeo.kind === 'missing') return skip(skopeo.reason)
    const [program, ...words] = skopeo.command
    const copy = join(served.folder, 'copy')
    const from = `docker://${target.host}/${name}:2`
    const flags = ['--src-tls-verify=false', '--preserve-digests']
    execFileSync(program, [...words, 'copy', ...flags, from, `oci:${copy}:x`], { stdio: 'pipe' })
    const index = JSON.parse(readFileSync(join(copy, 'index.json'), 'utf8'))
    expect(index.manifests[0].digest).toBe(digest)
  })

  test(
    'sends no blob twice, and has blobs taken over from another repository',
    MAY_DOWNLOAD,
    async ({ skip }) => {
      const scene = await theScene()
      if ('missing' in scene) return skip(scene.missing)
      const { served, digest } = scene
      await using proxy = await startFaultProxy(served.host, () => NONE)
      const roots = { data: join(served.folder, 'other'), run: join(served.folder, 'run') }
      await fetchImage(roots, { reference: `${proxy.host}/t/img:1` }, { onProgress: () => {} })
      const source = parseRegistryReference(`${proxy.host}/t/img:1`)
      const before = proxy.calls.length
      await push({ served, roots }, `${proxy.host}/new/name:1`, { source })
      const calls = proxy.calls.slice(before)
      expect(calls.filter(({ method }) => method === 'PATCH')).toEqual([])
      expect(
        calls.filter(({ path }) => path.includes('mount=sha256') && path.includes('from=t%2Fimg')),
      ).toHaveLength(3)
      await push({ served, roots }, `${proxy.host}/new/name:2`, { source })
      expect(proxy.calls.slice(before + calls.length).filter(({ method }) => method === 'POST')).toEqual([])
      expect(await tagOf(served.host, 'new/name:2')).toBe(digest)
    },
  )

  test('leaves the index alone of which the store has one platform', MAY_DOWNLOAD, async ({ skip }) => {
    await using served = await serveImages()
    if (served.kind === 'missing') return skip(served.reason)
    const layout = join(served.folder, 'multi')
    const here = { os: 'linux', architecture: process.arch === 'x64' ? 'amd64' : process.arch }
    const layer = await tarArchive([{ name: 'a', content: 'a' }])
    writeLayout(layout, [
      { layers: [layer], platform: { os: 'linux', architecture: 'mips' } },
      { layers: [layer], platform: here },
    ])
    const { manifests } = JSON.parse(readFileSync(join(layout, 'index.json'), 'utf8'))
    expect(manifests).toHaveLength(2)
    writeFileSync(
      join(layout, 'index.json'),
      JSON.stringify({ manifests: [writeBlob(layout, { schemaVersion: 2, manifests })] }),
    )
    const digest = await served.pushLayout('1', layout)
    const roots = { data: join(served.folder, 'data'), run: join(served.folder, 'run') }
    await fetchImage(roots, { reference: `${served.host}/t/img:1` }, { onProgress: () => {} })
    expect(await push({ served, roots }, `${served.host}/t/img:1`)).toEqual({ digest, wasThere: true })
    expect(await tagOf(served.host, 't/img:1')).toBe(digest)
    const platform = parsePlatform('linux/mips')
    await fetchImage(roots, { reference: `${served.host}/t/img:1`, platform }, { onProgress: () => {} })
    await push({ served, roots }, `${served.host}/t/mips:1`, { platform })
    expect(await tagOf(served.host, 't/mips:1')).toBe(manifests[0].digest)
  })

  test('says what the store lacks', MAY_DOWNLOAD, async ({ skip }) => {
    const scene = await theScene()
    if ('missing' in scene) return skip(scene.missing)
    const name = aRepository()
    const { target, digest, served } = scene
    const roots = { data: join(served.folder, 'torn'), run: join(served.folder, 'run') }
    await fetchImage(roots, { reference: `${served.host}/t/img:1` }, { onProgress: () => {} })
    const full = `${target.host}/${name}:1`
    await expect(push(scene, full, { source: parseRegistryReference(full) })).rejects.toMatchObject({
      code: 'image-not-found',
      message: `Cannot push image "${full}": the store has no image of this name`,
    })
    await expect(push(scene, `${target.host}/${name}@${digest}`)).rejects.toMatchObject({ code: 'bad-value' })
    const manifest = JSON.parse(
      readFileSync(join(roots.data, 'images/blobs', digest.replace(':', '/')), 'utf8'),
    )
    const [layer] = manifest.layers
    rmSync(join(roots.data, 'images/blobs', layer.digest.replace(':', '/')))
    await expect(push({ roots, served }, full)).rejects.toMatchObject({
      code: 'image-not-found',
      message: expect.stringContaining(`the store does not have its blob ${layer.digest}`),
    })
    expect(await tagOf(target.host, `${name}:1`)).toBeNull()
  })
})

const isUpload = ({ method, path }: ProxyCall) => method === 'PATCH' && path.includes('/blobs/uploads/')
const isCommit = ({ method, path }: ProxyCall) => method === 'PUT' && path.includes('/blobs/uploads/')
const isManifest = ({ method, path }: ProxyCall) => method === 'PUT' && path.includes('/manifests/')
const onlyFirst = (is: (call: ProxyCall) => boolean, fault: Fault) => {
  let isMet = false
  return (call: ProxyCall): Fault => {
    if (isMet || !is(call)) return NONE
    isMet = true
    return fault
  }
}

const survived: ReadonlyArray<{ readonly what: string; readonly fault: () => (call: ProxyCall) => Fault }> = [
  {
    what: 'an upload that breaks off',
    fault: () => onlyFirst(isUpload, { kind: 'cut-upload', after: 64 * KIB }),
  },
  {
    what: 'a proxy that takes no more than 1 MiB at once',
    fault: () => call =>
      isUpload(call) && Number(call.headers['content-length']) > KIB * KIB
        ? { kind: 'answer', status: 413 }
        : NONE,
  },
  {
    what: 'an upload whose answer is lost',
    fault: () => onlyFirst(isUpload, { kind: 'lose-answer' }),
  },
  {
    what: 'a commit whose answer is lost',
    fault: () => onlyFirst(isCommit, { kind: 'lose-answer' }),
  },
  {
    what: 'a manifest whose answer is lost',
    fault: () => onlyFirst(isManifest, { kind: 'lose-answer' }),
  },
  {
    what: 'an upload that the registry has forgotten',
    fault: () => onlyFirst(isUpload, { kind: 'answer', status: 404 }),
  },
  {
    what: 'a registry that does not say where an upload stands',
    fault: () => {
      const first = onlyFirst(isUpload, { kind: 'cut-upload', after: 64 * KIB })
      return call =>
        call.method === 'GET' && call.path.includes('/uploads/')
          ? { kind: 'answer', status: 405 }
          : first(call)
    },
  },
  ...[500, 502, 503, 429].flatMap(status => [
    {
      what: `${status} to each kind of request, twice`,
      fault: () => {
        const met = new Map<string, number>()
        return (call: ProxyCall): Fault => {
          const kind = `${call.method} ${call.path.includes('manifests')}`
          const count = met.get(kind) ?? 0
          met.set(kind, count + 1)
          return count < 2 ? { kind: 'answer', status } : NONE
        }
      },
    },
  ]),
]

for (const { what, fault } of survived) {
  test(`pushImage() survives ${what}`, MAY_DOWNLOAD, async ({ skip }) => {
    const scene = await theScene()
    if ('missing' in scene) return skip(scene.missing)
    const name = aRepository()
    await using proxy = await startFaultProxy(scene.target.host, fault())
    let last = { bytesDone: 0, bytesTotal: 1 }
    const onProgress = (progress: typeof last) => (last = progress)
    const pushed = await push(scene, `${proxy.host}/${name}:1`, { onProgress })
    expect(pushed).toEqual({ digest: scene.digest, wasThere: false })
    expect(last.bytesDone).toBe(last.bytesTotal)
    const clean = { data: join(scene.served.folder, `clean-${name.replace('/', '-')}`), run: scene.roots.run }
    const image = await fetchImage(
      clean,
      { reference: `${scene.target.host}/${name}:1` },
      { onProgress: () => {} },
    )
    expect(image.layers).toHaveLength(2)
  })
}

test(
  'pushImage() goes on where the registry says that an upload broke off',
  MAY_DOWNLOAD,
  async ({ skip }) => {
    const scene = await theScene()
    if ('missing' in scene) return skip(scene.missing)
    await using server = await startUploadServer(64 * KIB)
    const pushed = await push(scene, `${server.host}/a/b:1`)
    expect(pushed).toEqual({ digest: scene.digest, wasThere: false })
    expect(server.calls.filter(call => call === 'POST')).toHaveLength(3)
    expect(server.calls).toContainEqual(expect.stringMatching(`^PATCH ${64 * KIB}-`))
    for (const [name, bytes] of server.stored) {
      if (name.startsWith('sha256:')) expect(digestOf(bytes)).toBe(name)
    }
  },
)

const fatal: ReadonlyArray<{
  readonly what: string
  readonly fault: (call: ProxyCall) => Fault
  readonly code: string
  readonly message: string
}> = [
  {
    what: 'a byte that is always wrong on its way',
    fault: call => (isCommit(call) ? { kind: 'answer', status: 400, body: digestInvalid() } : NONE),
    code: 'image-push',
    message: 'answers 400 \\("provided digest did not match"\\)',
  },
  {
    what: 'a registry that finds another digest of a manifest',
    fault: call =>
      isManifest(call)
        ? { kind: 'headers', headers: { 'docker-content-digest': `sha256:${'0'.repeat(64)}` } }
        : NONE,
    code: 'image-push',
    message: 'stored the manifest as sha256:0+',
  },
  {
    what: 'a registry that finds another digest of a blob',
    fault: call =>
      isCommit(call)
        ? { kind: 'headers', headers: { 'docker-content-digest': `sha256:${'0'.repeat(64)}` } }
        : NONE,
    code: 'image-push',
    message: 'stored a blob as sha256:0+',
  },
  {
    what: '403',
    fault: call => (call.method === 'POST' ? { kind: 'answer', status: 403 } : NONE),
    code: 'image-denied',
    message: 'denies it to a user who is not logged in, expected permission to push',
  },
  {
    what: 'a tag that may not be overwritten',
    fault: call =>
      isManifest(call)
        ? { kind: 'answer', status: 409, body: '{"errors":[{"code":"DENIED","message":"tag is immutable"}]}' }
        : NONE,
    code: 'image-push',
    message: 'answers 409 \\("tag is immutable"\\)',
  },
  {
    what: '413 for the smallest part',
    fault: call => (isUpload(call) ? { kind: 'answer', status: 413 } : NONE),
    code: 'image-push',
    message: 'refuses a request of \\d+ bytes \\(413\\)',
  },
  {
    what: '500 without end',
    fault: call => (isUpload(call) ? { kind: 'answer', status: 500 } : NONE),
    code: 'image-push',
    message: 'answers 500',
  },
  {
    what: '429 with a long wait',
    fault: () => ({ kind: 'answer', status: 429, headers: { 'retry-after': '7200' } }),
    code: 'registry-rate-limit',
    message: 'for another 7200 s',
  },
  {
    what: 'an upload at no address',
    fault: call => (call.method === 'POST' ? { kind: 'answer', status: 202 } : NONE),
    code: 'image-push',
    message: 'redirects to ""',
  },
]

function digestInvalid(): string {
  return '{"errors":[{"code":"DIGEST_INVALID","message":"provided digest did not match"}]}'
}

for (const { what, fault, code, message } of fatal) {
  test(`pushImage() ends at ${what}, names the image and sets no tag`, MAY_DOWNLOAD, async ({ skip }) => {
    const scene = await theScene()
    if ('missing' in scene) return skip(scene.missing)
    const name = aRepository()
    await using proxy = await startFaultProxy(scene.target.host, fault)
    const reference = `${proxy.host}/${name}:1`
    await expect(push(scene, reference)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(new RegExp(`^Cannot push image "${reference}": .*${message}`)),
      hint: expect.any(String),
    })
    if (!what.includes('digest of a manifest')) expect(await tagOf(scene.target.host, `${name}:1`)).toBeNull()
  })
}

test(
  'pushImage() shows its password neither to where an upload goes nor to where it is led on',
  MAY_DOWNLOAD,
  async ({ skip }) => {
    const scene = await theScene()
    if ('missing' in scene) return skip(scene.missing)
    const name = aRepository()
    const { served, target } = scene
    await using elsewhere = await startFaultProxy(target.host, () => NONE)
    const auth = Buffer.from('user:secret').toString('base64')
    await using proxy = await startFaultProxy(target.host, call => {
      if (call.authorization === undefined) {
        return { kind: 'answer', status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } }
      }
      if (isUpload(call)) {
        const location = `http://${elsewhere.host}${call.path}`
        return { kind: 'answer', status: 307, headers: { location } }
      }
      return NONE
    })
    writeFileSync(join(served.folder, 'config.json'), JSON.stringify({ auths: { [proxy.host]: { auth } } }))
    await push(scene, `${proxy.host}/${name}:1`, { environment: { DOCKER_CONFIG: served.folder } })
    expect(elsewhere.calls.filter(isUpload)).not.toEqual([])
    expect(elsewhere.calls.map(call => call.authorization)).toEqual(elsewhere.calls.map(() => undefined))
    expect(await tagOf(target.host, `${name}:1`)).toBe(scene.digest)
  },
)
