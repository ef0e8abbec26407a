import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { lookupImage } from '../../src/engine/local/image/source/image-sources.ts'
import type { Roots } from '../../src/engine/local/state/layout.ts'
import { parseReference } from '../../src/oci/reference.ts'
import { type PullRequest, pullImage } from '../../src/registry/pull-image.ts'
import { fetchImage, openImage } from '../support/fetch-image.ts'
import { digestOf, writeBlob, writeLayout } from '../support/hand-made-layout.ts'
import { NO_LEASE } from '../support/no-lease.ts'
import { findProgram, MAY_DOWNLOAD } from '../support/parts/find-program.ts'
import { type Fault, type ProxyCall, startFaultProxy } from '../support/registry/fault-proxy.ts'
import { noise, serveImages } from '../support/registry/served-image.ts'
import { tarArchive } from '../support/tar-archive.ts'

const ignore = () => {}

function rootsIn(folder: string, name = 'state'): Roots {
  return { data: join(folder, name, 'data'), run: join(folder, name, 'run') }
}

function request(roots: Roots, reference: string, more: Partial<PullRequest> = {}): PullRequest {
  const parsed = parseReference(reference)
  if (parsed.kind !== 'registry') throw new Error(`${reference} is local`)
  const wait = async () => {}
  return {
    paths: roots,
    reference,
    parsed,
    policy: 'missing',
    onProgress: ignore,
    environment: {},
    wait,
    lease: NO_LEASE,
    areLayersInUse: () => false,
    ...more,
  }
}

function blobsOf(roots: Roots): readonly string[] {
  return readdirSync(join(roots.data, 'images/blobs/sha256'))
}

const file = (name: string, content: string | Buffer = name) => tarArchive([{ name, content }])

test(
  'ImageSource.fetch() pulls from a registry, after which the store is enough',
  MAY_DOWNLOAD,
  async ({ skip }) => {
    await using served = await serveImages()
    if (served.kind === 'missing') return skip(served.reason)
    await served.push('1', { layers: [await file('a'), await file('b')], config: { Cmd: ['/a'] } })
    const roots = rootsIn(served.folder)
    const reference = `${served.host}/t/img:1`
    expect(lookupImage(roots, { reference })).toEqual({ kind: 'absent' })
    const image = await fetchImage(roots, { reference }, { onProgress: ignore })
    expect(image).toMatchObject({ reference, config: { command: ['/a'] } })
    expect(image.layers.map(layer => readdirSync(layer))).toEqual([['a'], ['b']])
    expect(blobsOf(roots)).toHaveLength(4)
    expect(readdirSync(join(roots.data, 'images/partial'))).toEqual([])
  },
)

test(
  'ImageSource.fetch() unpacks again from the store, with no registry in reach',
  MAY_DOWNLOAD,
  async ({ skip }) => {
    await using served = await serveImages()
    if (served.kind === 'missing') return skip(served.reason)
    await served.push('1', { layers: [await file('a')] })
    await using proxy = await startFaultProxy(served.host, () => ({ kind: 'none' }))
    const roots = rootsIn(served.folder)
    const reference = `${proxy.host}/t/img:1`
    const image = await fetchImage(roots, { reference }, { onProgress: ignore })
    const asked = proxy.calls.length
    expect(lookupImage(roots, { reference })).toMatchObject({
      kind: 'present',
      id: image.id,
      unpacked: true,
    })
    expect(openImage(roots, { reference })).toEqual(image)
    rmSync(join(roots.data, 'layers'), { recursive: true })
    expect(lookupImage(roots, { reference })).toMatchObject({
      kind: 'present',
      id: image.id,
      unpacked: false,
    })
    expect(await fetchImage(roots, { reference }, { onProgress: ignore })).toEqual(image)
    expect(proxy.calls).toHaveLength(asked)
  },
)

test(
  'pullImage() with policy always follows a tag that moved, and gets only what is new',
  MAY_DOWNLOAD,
  async ({ skip }) => {
    await using served = await serveImages()
    if (served.kind === 'missing') return skip(served.reason)
    const shared = await file('shared')
    await served.push('1', { layers: [shared] })
    await using proxy = await startFaultProxy(served.host, () => ({ kind: 'none' }))
    const roots = rootsIn(served.folder)
    const reference = `${proxy.host}/t/img:1`
    const first = await pullImage(request(roots, reference))
    await served.push('1', { layers: [shared, await file('new')] })
    expect((await pullImage(request(roots, reference))).record.id).toBe(first.record.id)
    const before = proxy.calls.length
    const second = await pullImage(request(roots, reference, { policy: 'always' }))
    expect(second.record.id).not.toBe(first.record.id)
    const blobs = proxy.calls.slice(before).filter(call => call.path.includes('/blobs/'))
    expect(blobs).toHaveLength(2)
    const index = JSON.parse(readFileSync(join(roots.data, 'images/index.json'), 'utf8'))
    expect(index.manifests).toHaveLength(1)
  },
)

test(
  'pullImage() chooses the platform of this machine from an index, by tag and by digest',
  MAY_DOWNLOAD,
  async ({ skip }) => {
    await using served = await serveImages()
    if (served.kind === 'missing') return skip(served.reason)
    const layout = join(served.folder, 'multi')
    const here = { os: 'linux', architecture: process.arch === 'x64' ? 'amd64' : process.arch }
    const ids = writeLayout(layout, [
      { layers: [await file('other')], platform: { os: 'linux', architecture: 'mips' } },
      { layers: [await file('here')], platform: here },
    ])
    const inner = JSON.parse(readFileSync(join(layout, 'index.json'), 'utf8'))
    const top = writeBlob(layout, inner)
    writeFileSync(join(layout, 'index.json'), JSON.stringify({ manifests: [top] }))
    const digest = await served.pushLayout('multi', layout)
    const roots = rootsIn(served.folder)
    const byTag = await pullImage(request(roots, `${served.host}/t/img:multi`))
    expect(byTag).toMatchObject({ digest, record: { id: ids[1] } })
    const byDigest = await pullImage(request(roots, `${served.host}/t/img@${digest}`))
    expect(byDigest).toMatchObject({ digest, record: { id: ids[1] } })
  },
)

test('pullImage() gets again what was damaged in the store', MAY_DOWNLOAD, async ({ skip }) => {
  await using served = await serveImages()
  if (served.kind === 'missing') return skip(served.reason)
  await served.push('1', { layers: [await file('a'), await file('b')] })
  const roots = rootsIn(served.folder)
  const reference = `${served.host}/t/img:1`
  const { record } = await pullImage(request(roots, reference))
  const folder = join(roots.data, 'images/blobs/sha256')
  const contents = () => blobsOf(roots).map(name => digestOf(readFileSync(join(folder, name))))
  for (const name of blobsOf(roots)) {
    rmSync(join(roots.data, 'layers'), { recursive: true })
    const blob = join(folder, name)
    writeFileSync(blob, Buffer.alloc(readFileSync(blob).length))
    expect((await pullImage(request(roots, reference))).record).toEqual(record)
    expect(contents()).toEqual(blobsOf(roots).map(right => `sha256:${right}`))
  }
})

test('two pulls of one image at once get each blob once', MAY_DOWNLOAD, async ({ skip }) => {
  await using served = await serveImages()
  if (served.kind === 'missing') return skip(served.reason)
  await served.push('1', { layers: [await file('a', noise(300_000, 1)), await file('b', noise(300_000, 2))] })
  await using proxy = await startFaultProxy(served.host, () => ({ kind: 'none' }))
  const roots = rootsIn(served.folder)
  await Promise.all([1, 2].map(() => pullImage(request(roots, `${proxy.host}/t/img:1`))))
  const blobs = proxy.calls.filter(call => call.path.includes('/blobs/')).map(call => call.path)
  expect(new Set(blobs).size).toBe(3)
  expect(blobs).toHaveLength(3)
})

test('skopeo reads what was pulled', MAY_DOWNLOAD, async ({ skip }) => {
  const skopeo = await findProgram('skopeo')
  if (skopeo.kind === 'missing') return skip(skopeo.reason)
  const [program, ...words] = skopeo.command
  await using served = await serveImages()
  if (served.kind === 'missing') return skip(served.reason)
  const digest = await served.push('1', { layers: [await file('a')] })
  const roots = rootsIn(served.folder)
  await fetchImage(roots, { reference: `${served.host}/t/img:1` }, { onProgress: ignore })
  const name = `oci:${roots.data}/images:${served.host}/t/img:1`
  const copy = join(served.folder, 'copy')
  execFileSync(program, [...words, 'copy', name, `oci:${copy}:x`], { stdio: 'pipe' })
  const copied = JSON.parse(readFileSync(join(copy, 'index.json'), 'utf8'))
  expect(copied.manifests[0].digest).toBe(digest)
})

const isBlob = ({ path }: ProxyCall) => path.includes('/blobs/')
const KIB = 1024

const survived: ReadonlyArray<{ readonly what: string; readonly fault: (call: ProxyCall) => Fault }> = [
  {
    what: 'connections that break every 64 KiB',
    fault: call => (isBlob(call) ? { kind: 'cut', after: 64 * KIB } : NONE),
  },
  {
    what: 'a registry that ignores ranges after a break',
    fault: call =>
      !isBlob(call) ? NONE : call.earlier === 0 ? { kind: 'cut', after: 64 * KIB } : { kind: 'ignore-range' },
  },
  {
    what: 'one byte that is wrong once',
    fault: call => (isBlob(call) && call.earlier === 0 ? { kind: 'corrupt', at: 20 } : NONE),
  },
  {
    what: 'a part that the registry says is another one',
    fault: call => {
      if (!isBlob(call)) return NONE
      if (call.earlier === 0) return { kind: 'cut', after: 64 * KIB }
      return call.earlier === 1
        ? { kind: 'headers', headers: { 'content-range': 'bytes 5-10/700000' } }
        : NONE
    },
  },
  {
    what: 'a length that is too short once',
    fault: call => (isBlob(call) && call.earlier === 0 ? { kind: 'announce', more: -10 } : NONE),
  },
  {
    what: 'a body that ends early once',
    fault: call => (isBlob(call) && call.earlier === 0 ? { kind: 'cut', after: 1 } : NONE),
  },
  ...[500, 502, 503, 429].map(status => ({
    what: `${status} in mid-pull`,
    fault: (call: ProxyCall): Fault => (call.earlier < 2 ? { kind: 'answer', status } : NONE),
  })),
]
const NONE: Fault = { kind: 'none' }

for (const { what, fault } of survived) {
  test(`pullImage() survives ${what}`, MAY_DOWNLOAD, async ({ skip }) => {
    await using served = await serveImages()
    if (served.kind === 'missing') return skip(served.reason)
    await served.push('1', {
      layers: [await file('a', noise(700 * KIB, 1)), await file('b', noise(300 * KIB, 2))],
    })
    await using proxy = await startFaultProxy(served.host, fault)
    const roots = rootsIn(served.folder)
    let last = { bytesDone: -1, bytesTotal: 0 }
    await pullImage(request(roots, `${proxy.host}/t/img:1`, { onProgress: progress => (last = progress) }))
    expect(last.bytesDone).toBe(last.bytesTotal)
    const clean = rootsIn(served.folder, 'clean')
    await pullImage(request(clean, `${served.host}/t/img:1`))
    expect(blobsOf(roots)).toEqual(blobsOf(clean))
    expect(readdirSync(join(roots.data, 'layers/sha256'))).toEqual(
      readdirSync(join(clean.data, 'layers/sha256')),
    )
  })
}

const fatal: ReadonlyArray<{
  readonly what: string
  readonly fault: (call: ProxyCall) => Fault
  readonly code: string
  readonly message: string
}> = [
  {
    what: 'a byte that is always wrong',
    fault: call => (isBlob(call) ? { kind: 'corrupt', at: 20 } : NONE),
    code: 'image-pull',
    message: 'has the digest',
  },
  {
    what: 'a manifest that is not what its digest says',
    fault: call => (isBlob(call) ? NONE : { kind: 'corrupt', at: 3 }),
    code: 'image-pull',
    message: 'its manifest has the digest',
  },
  {
    what: 'a length that is a lie',
    fault: call => (isBlob(call) ? { kind: 'announce', more: 10 } : NONE),
    code: 'image-pull',
    message: 'announces',
  },
  {
    what: 'a length that is always too short',
    fault: call => (isBlob(call) ? { kind: 'announce', more: -10 } : NONE),
    code: 'registry-unreachable',
    message: '127',
  },
  {
    what: 'a digest of the manifest that is a lie',
    fault: call =>
      isBlob(call)
        ? NONE
        : { kind: 'headers', headers: { 'docker-content-digest': `sha256:${'0'.repeat(64)}` } },
    code: 'image-pull',
    message: 'its manifest has the digest sha256:[0-9a-f]+, expected sha256:0+',
  },
  {
    what: 'what a proxy says in place of the registry',
    fault: () => ({ kind: 'answer', status: 200, body: '<html>log in to this network</html>' }),
    code: 'image-pull',
    message: 'its manifest is not JSON',
  },
  {
    what: 'more bytes than there are',
    fault: call => (isBlob(call) ? { kind: 'append', bytes: 10 } : NONE),
    code: 'image-pull',
    message: 'more than',
  },
  {
    what: '500 without end',
    fault: () => ({ kind: 'answer', status: 500 }),
    code: 'image-pull',
    message: 'answers 500',
  },
  {
    what: '429 without end',
    fault: () => ({ kind: 'answer', status: 429 }),
    code: 'registry-rate-limit',
    message: 'accepts no more requests',
  },
  {
    what: '429 with a long wait',
    fault: () => ({ kind: 'answer', status: 429, headers: { 'retry-after': '7200' } }),
    code: 'registry-rate-limit',
    message: 'for another 7200 s',
  },
  {
    what: '429 until a date that is far',
    fault: () => ({
      kind: 'answer',
      status: 429,
      headers: { 'retry-after': new Date(Date.now() + 7_200_000).toUTCString() },
      body: '{"errors":[{"code":"TOOMANYREQUESTS","message":"the hourly limit is used up"}]}',
    }),
    code: 'registry-rate-limit',
    message: 'for another 7[12]\\d\\d s \\("the hourly limit is used up"\\)',
  },
  {
    what: '403',
    fault: () => ({ kind: 'answer', status: 403 }),
    code: 'image-denied',
    message: 'a user who is not logged in',
  },
  {
    what: '401 with no way to log in',
    fault: () => ({ kind: 'answer', status: 401 }),
    code: 'image-denied',
    message: 'denies it',
  },
  {
    what: 'a blob that is missing',
    fault: call => (isBlob(call) ? { kind: 'answer', status: 404 } : NONE),
    code: 'image-pull',
    message: 'does not have the blob',
  },
  {
    what: 'a tag that is missing',
    fault: () => ({ kind: 'answer', status: 404 }),
    code: 'image-not-found',
    message: 'has no repository "t/img"',
  },
  {
    what: 'redirects in a circle',
    fault: call => ({ kind: 'answer', status: 307, headers: { location: call.path } }),
    code: 'image-pull',
    message: 'redirects more than',
  },
  {
    what: 'a redirect to a file',
    fault: () => ({ kind: 'answer', status: 307, headers: { location: 'file:///etc/passwd' } }),
    code: 'image-pull',
    message: 'redirects to "file:',
  },
]

for (const { what, fault, code, message } of fatal) {
  test(
    `pullImage() ends at ${what}, names the image and leaves no wrong blob`,
    MAY_DOWNLOAD,
    async ({ skip }) => {
      await using served = await serveImages()
      if (served.kind === 'missing') return skip(served.reason)
      await served.push('1', { layers: [await file('a', noise(100 * KIB, 1))] })
      await using proxy = await startFaultProxy(served.host, fault)
      const roots = rootsIn(served.folder)
      const reference = `${proxy.host}/t/img:1`
      await expect(pullImage(request(roots, reference))).rejects.toMatchObject({
        code,
        message: expect.stringMatching(new RegExp(`^Cannot get image "${reference}": .*${message}`)),
        hint: expect.any(String),
      })
      expect(lookupImage(roots, { reference })).toEqual({ kind: 'absent' })
      await pullImage(request(roots, `${served.host}/t/img:1`))
    },
  )
}

test('pullImage() refuses a manifest that is an index as well', MAY_DOWNLOAD, async ({ skip }) => {
  await using served = await serveImages()
  if (served.kind === 'missing') return skip(served.reason)
  const body = '{"schemaVersion":2,"manifests":[],"config":{},"layers":[]}'
  await using proxy = await startFaultProxy(served.host, call =>
    call.path.includes('/manifests/') ? { kind: 'answer', status: 200, body } : NONE,
  )
  await expect(pullImage(request(rootsIn(served.folder), `${proxy.host}/t/img:1`))).rejects.toMatchObject({
    code: 'image-source-unsupported',
    message: expect.stringContaining('its manifest is an index as well'),
  })
})

test(
  'pullImage() waits as long as Retry-After asks, and longer after each failure where it does not',
  MAY_DOWNLOAD,
  async ({ skip }) => {
    await using served = await serveImages()
    if (served.kind === 'missing') return skip(served.reason)
    await served.push('1', { layers: [await file('a')] })
    const faults: Fault[] = [
      { kind: 'answer', status: 429, headers: { 'retry-after': '7' } },
      { kind: 'answer', status: 503 },
      { kind: 'answer', status: 503 },
    ]
    await using proxy = await startFaultProxy(served.host, ({ earlier }) => faults[earlier] ?? NONE)
    const waits: number[] = []
    const wait = async (ms: number) => void waits.push(ms)
    await pullImage(request(rootsIn(served.folder), `${proxy.host}/t/img:1`, { wait }))
    const [asked, second = 0, third = 0] = waits
    expect(asked).toBe(7000)
    expect(second).toBeLessThan(third)
  },
)

test('pullImage() goes on at the byte where an earlier pull broke off', MAY_DOWNLOAD, async ({ skip }) => {
  await using served = await serveImages()
  if (served.kind === 'missing') return skip(served.reason)
  await served.push('1', { layers: [await file('a', noise(300 * KIB, 1))] })
  let isBroken = true
  await using proxy = await startFaultProxy(served.host, call => {
    if (!isBlob(call) || !isBroken) return NONE
    return call.range === undefined ? { kind: 'cut', after: 100 * KIB } : { kind: 'answer', status: 500 }
  })
  const roots = rootsIn(served.folder)
  await expect(pullImage(request(roots, `${proxy.host}/t/img:1`))).rejects.toMatchObject({
    code: 'image-pull',
  })
  isBroken = false
  const before = proxy.calls.length
  await pullImage(request(roots, `${proxy.host}/t/img:1`))
  expect(
    proxy.calls
      .slice(before)
      .filter(isBlob)
      .map(call => call.range),
  ).toEqual([`bytes=${100 * KIB}-`])
})

test(
  'pullImage() does not show its password to where the registry redirects',
  MAY_DOWNLOAD,
  async ({ skip }) => {
    await using served = await serveImages()
    if (served.kind === 'missing') return skip(served.reason)
    await served.push('1', { layers: [await file('a')] })
    await using elsewhere = await startFaultProxy(served.host, () => NONE)
    await using proxy = await startFaultProxy(served.host, call => {
      if (call.authorization === undefined) {
        return { kind: 'answer', status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } }
      }
      return isBlob(call)
        ? { kind: 'answer', status: 307, headers: { location: `http://${elsewhere.host}${call.path}` } }
        : NONE
    })
    const auth = Buffer.from('user:secret').toString('base64')
    writeFileSync(join(served.folder, 'config.json'), JSON.stringify({ auths: { [proxy.host]: { auth } } }))
    const environment = { DOCKER_CONFIG: served.folder }
    await pullImage(request(rootsIn(served.folder), `${proxy.host}/t/img:1`, { environment }))
    expect(proxy.calls.some(call => call.authorization === `Basic ${auth}`)).toBe(true)
    expect(elsewhere.calls.length).toBeGreaterThan(0)
    expect(elsewhere.calls.map(call => call.authorization)).toEqual(elsewhere.calls.map(() => undefined))
  },
)

test(
  'pullImage() asks mirrors first, and the registry for what they lack',
  MAY_DOWNLOAD,
  async ({ skip }) => {
    await using served = await serveImages()
    if (served.kind === 'missing') return skip(served.reason)
    await served.push('1', { layers: [await file('a')] })
    await using mirror = await startFaultProxy(served.host, call =>
      isBlob(call) ? { kind: 'answer', status: 404 } : NONE,
    )
    const settings = join(served.folder, 'registries.json')
    writeFileSync(
      settings,
      JSON.stringify({ registries: { [served.host]: { mirrors: [`http://${mirror.host}`] } } }),
    )
    const environment = { TCOMPOSE_REGISTRIES: settings }
    await pullImage(request(rootsIn(served.folder), `${served.host}/t/img:1`, { environment }))
    expect(mirror.calls.filter(call => !isBlob(call))).toHaveLength(1)
    expect(mirror.calls.filter(isBlob)).toHaveLength(2)
  },
)

test(
  'pullImage() says what mirrors had answered if the registry fails, too',
  MAY_DOWNLOAD,
  async ({ skip }) => {
    await using served = await serveImages()
    if (served.kind === 'missing') return skip(served.reason)
    await served.push('1', { layers: [await file('a')] })
    const settings = join(served.folder, 'registries.json')
    writeFileSync(settings, JSON.stringify({ registries: { '127.0.0.1:1': { mirrors: [served.host] } } }))
    const environment = { TCOMPOSE_REGISTRIES: settings }
    await expect(
      pullImage(request(rootsIn(served.folder), '127.0.0.1:1/t/img:2', { environment })),
    ).rejects.toMatchObject({
      code: 'registry-unreachable',
      message: expect.stringContaining('127.0.0.1:1 cannot be reached'),
      notes: [expect.stringMatching(/^Asked before, as a mirror: 127\.0\.0\.1:\d+ has no/)],
    })
  },
)

test('pullImage() goes through the proxy that the environment names', MAY_DOWNLOAD, async ({ skip }) => {
  await using served = await serveImages()
  if (served.kind === 'missing') return skip(served.reason)
  await served.push('1', { layers: [await file('a')] })
  await using proxy = await startFaultProxy(served.host, () => NONE)
  const settings = join(served.folder, 'registries.json')
  writeFileSync(settings, JSON.stringify({ registries: { 'registry.test:5000': { insecure: true } } }))
  const environment = { TCOMPOSE_REGISTRIES: settings, HTTP_PROXY: `http://${proxy.host}` }
  const roots = rootsIn(served.folder)
  await pullImage(request(roots, 'registry.test:5000/t/img:1', { environment }))
  expect(proxy.calls.length).toBeGreaterThan(2)
  await expect(
    pullImage(
      request(roots, 'registry.test:5000/t/img:2', {
        environment: { ...environment, no_proxy: 'registry.test' },
      }),
    ),
  ).rejects.toMatchObject({
    code: 'registry-unreachable',
    message: expect.stringContaining('registry.test:5000'),
  })
})

test(
  'pullImage() ends when its signal aborts, in the middle of a blob or of a wait',
  MAY_DOWNLOAD,
  async ({ skip }) => {
    await using served = await serveImages()
    if (served.kind === 'missing') return skip(served.reason)
    await served.push('1', { layers: [await file('a', noise(300 * KIB, 1))] })
    await using refusing = await startFaultProxy(served.host, () => ({ kind: 'answer', status: 503 }))
    for (const host of [served.host, refusing.host]) {
      const controller = new AbortController()
      const abort = () => controller.abort()
      const wait = async () => abort()
      const { signal } = controller
      const pulled = pullImage(
        request(rootsIn(served.folder), `${host}/t/img:1`, { signal, wait, onProgress: abort }),
      )
      await expect(pulled).rejects.toMatchObject({ name: 'AbortError' })
    }
  },
)

test('pullImage() says that nothing listens', async () => {
  const roots = rootsIn('/nonexistent')
  await expect(pullImage(request(roots, '127.0.0.1:1/a/b'))).rejects.toMatchObject({
    code: 'registry-unreachable',
    message: 'Cannot get image "127.0.0.1:1/a/b": 127.0.0.1:1 cannot be reached: nothing listens there',
  })
})
