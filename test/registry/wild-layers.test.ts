import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { afterAll, expect, test } from 'vitest'
import { fetchImage } from '../../src/engine/local/image/fetch-image.ts'
import { parsePlatform } from '../../src/model/platform.ts'
import { digestOf, writeBlob } from '../support/hand-made-layout.ts'
import { findProgram, MAY_DOWNLOAD } from '../support/parts/find-program.ts'
import { type MaybeServed, noise, type ServedImages, serveImages } from '../support/registry/served-image.ts'
import { stargzLayer } from '../support/registry/stargz-layer.ts'
import { type TestEntry, tarArchive } from '../support/tar-archive.ts'

const OCI = 'application/vnd.oci.image'
const DOCKER = 'application/vnd.docker'
const at = (seconds: number) => new Date(seconds * 1000)
const folder = (name: string, more: Partial<TestEntry> = {}): TestEntry => ({
  name,
  type: 'directory',
  mode: 0o755,
  ...more,
})

/** All kinds of things; `@` in an extended attribute's value stands for any byte. */
const LOWER: readonly TestEntry[] = [
  folder('bin/', { mtime: at(1_000_000_000) }),
  { name: 'bin/a', content: 'hello\n', mode: 0o4755, mtime: at(981_173_106) },
  { name: 'bin/hard', type: 'link', linkname: 'bin/a', mode: 0o4755, mtime: at(981_173_106) },
  { name: 'bin/soft', type: 'symlink', linkname: 'a' },
  {
    name: 'bin/big',
    content: noise(300_000, 1),
    mode: 0o644,
    uid: 70_000,
    gid: 80_000,
    pax: { 'SCHILY.xattr.user.note': 'höher', mtime: '981173106.789' },
  },
  folder('dev/'),
  { name: 'dev/null', type: 'character-device', devmajor: 1, devminor: 3, mode: 0o666 },
  { name: 'dev/disk', type: 'block-device', devmajor: 7, devminor: 300, mode: 0o660, gid: 6 },
  // cap_net_raw=ep, as file capabilities of revision 2 are stored.
  {
    name: 'bin/ping',
    content: 'x',
    mode: 0o755,
    gid: 7,
    pax: { 'SCHILY.xattr.security.capability': `\u0001\0\0\u0002\0 ${'\0'.repeat(14)}` },
  },
  { name: 'bin/far', type: 'symlink', linkname: `${'l'.repeat(90)}/${'o'.repeat(90)}` },
  { name: 'bin/farther', type: 'link', linkname: 'bin/ping', mode: 0o755, gid: 7 },
  folder('etc/'),
  folder('etc/deep/', { uid: 1000, gid: 2000, mode: 0o750, pax: { 'SCHILY.xattr.user.of': 'folder' } }),
  { name: 'etc/dangling', type: 'symlink', linkname: '/nowhere/else' },
  folder('gone/'),
  { name: 'gone/file', content: 'x', mode: 0o600 },
  folder('opaque/'),
  { name: 'opaque/old', content: 'x', mode: 0o600 },
  folder('var/'),
  { name: 'var/pipe', type: 'fifo', mode: 0o620 },
  folder('var/tmp/', { mode: 0o1777 }),
  folder(`${'n'.repeat(120)}/`),
  folder(`${'n'.repeat(120)}/${'m'.repeat(120)}/`),
  { name: `${'n'.repeat(120)}/${'m'.repeat(120)}/ünï`, content: 'long', mode: 0o644 },
]

const UPPER: readonly TestEntry[] = [
  folder('bin/', { mtime: at(1_100_000_000), gid: 5 }),
  { name: 'bin/.wh.soft', mode: 0 },
  { name: 'bin/again', content: 'hello\n', mode: 0o755 },
  folder('etc/'),
  folder('etc/dangling/'),
  folder('etc/deep/', { uid: 1000, gid: 2000, mode: 0o700 }),
  folder('opaque/', { mode: 0o711 }),
  { name: 'opaque/.wh..wh..opq', mode: 0 },
  { name: 'opaque/new', content: 'new', mode: 0o640 },
  { name: '.wh.gone', mode: 0 },
]

interface Layer {
  readonly mediaType: string
  /** As it is stored. */
  readonly bytes: Buffer
  readonly diffId: string
}

interface Variant {
  readonly what: string
  readonly layers: () => Promise<readonly Layer[]>
  readonly manifestType?: string
  readonly configType?: string
  /** `umoci` reads this kind from the store. */
  readonly isReadByUmoci?: true
  readonly isReadBySkopeo?: false
}

type Packing = (archive: Buffer) => Buffer

function packed(
  mediaType: string,
  pack: Packing,
  sets: ReadonlyArray<readonly TestEntry[]> = [LOWER, UPPER],
) {
  return async (): Promise<readonly Layer[]> => {
    const archives = await Promise.all(sets.map(tarArchive))
    return archives.map(archive => ({ mediaType, bytes: pack(archive), diffId: digestOf(archive) }))
  }
}

async function stargz(): Promise<readonly Layer[]> {
  const layers = [LOWER, UPPER].map(async entries => {
    const { layer, archive } = stargzLayer(await Promise.all(entries.map(entry => tarArchive([entry]))))
    return { mediaType: `${OCI}.layer.v1.tar+gzip`, bytes: layer, diffId: digestOf(archive) }
  })
  return await Promise.all(layers)
}

const gzip: Packing = archive => gzipSync(archive)
const zstd: Packing = archive => zstdCompressSync(archive)
/** Frames of parts, between skippable ones, as zstd:chunked has them. */
const zstdFrames: Packing = archive => {
  const skippable = Buffer.concat([Buffer.from([0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0]), Buffer.alloc(4, 7)])
  const half = Math.floor(archive.length / 2)
  return Buffer.concat([
    zstdCompressSync(archive.subarray(0, half)),
    skippable,
    zstdCompressSync(archive.subarray(half)),
    skippable,
  ])
}

const variants: readonly Variant[] = [
  { what: 'gzip layers', layers: packed(`${OCI}.layer.v1.tar+gzip`, gzip), isReadByUmoci: true },
  { what: 'plain layers', layers: packed(`${OCI}.layer.v1.tar`, archive => archive), isReadByUmoci: true },
  { what: 'zstd layers', layers: packed(`${OCI}.layer.v1.tar+zstd`, zstd) },
  { what: 'zstd layers of several frames', layers: packed(`${OCI}.layer.v1.tar+zstd`, zstdFrames) },
  { what: 'eStargz layers', layers: stargz, isReadByUmoci: true },
  {
    what: 'layers whose media type says another compression',
    layers: packed(`${OCI}.layer.v1.tar+gzip`, zstd),
  },
  {
    what: 'a Docker manifest',
    layers: packed(`${DOCKER}.image.rootfs.diff.tar.gzip`, gzip),
    manifestType: `${DOCKER}.distribution.manifest.v2+json`,
    configType: `${DOCKER}.container.image.v1+json`,
    isReadBySkopeo: false,
  },
  {
    what: 'empty layers between',
    layers: packed(`${OCI}.layer.v1.tar+gzip`, gzip, [[], LOWER, [], UPPER, []]),
    isReadByUmoci: true,
  },
  {
    what: 'one layer twice',
    layers: packed(`${OCI}.layer.v1.tar+gzip`, gzip, [LOWER, LOWER, UPPER, UPPER]),
    isReadByUmoci: true,
  },
]

function writeVariant(layout: string, variant: Variant, layers: readonly Layer[]): void {
  mkdirSync(join(layout, 'blobs/sha256'), { recursive: true })
  writeFileSync(join(layout, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}')
  const { manifestType = `${OCI}.manifest.v1+json`, configType = `${OCI}.config.v1+json` } = variant
  const config = writeBlob(layout, {
    architecture: process.arch === 'x64' ? 'amd64' : process.arch,
    os: 'linux',
    config: {},
    rootfs: { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) },
  })
  const manifest = writeBlob(layout, {
    schemaVersion: 2,
    mediaType: manifestType,
    config: { mediaType: configType, ...config },
    layers: layers.map(({ mediaType, bytes }) => ({ mediaType, ...writeBlob(layout, bytes) })),
  })
  const entry = {
    mediaType: manifestType,
    ...manifest,
    annotations: { 'org.opencontainers.image.ref.name': 'x' },
  }
  writeFileSync(join(layout, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests: [entry] }))
}

/** Each tree as one archive: names, kinds, modes, owners, times, links, attributes and contents, to the byte. */
const TREE =
  "tar --sort=name --format=pax --pax-option=delete=atime,delete=ctime --xattrs --xattrs-include='*' --xattrs-exclude='trusted.overlay.*' --numeric-owner --exclude=./. -cf - *"

function shell(script: string, cwd: string): Buffer {
  return execFileSync('/bin/sh', ['-ec', script], {
    cwd,
    maxBuffer: 2 ** 26,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

/** The mount is in a namespace that ends with the command. */
function overlayTree(root: string, layers: readonly string[]): Buffer {
  mkdirSync(join(root, 'm'), { recursive: true })
  const lower = [join(root, 'm'), ...layers].toReversed().join(':')
  const script = `mount -t overlay none -o "lowerdir=${lower}" m; cd m; ${TREE}`
  return execFileSync('unshare', ['-m', '/bin/sh', '-ec', script], { cwd: root, maxBuffer: 2 ** 26 })
}

/** The programs that judge. */
interface Judges {
  readonly umoci: Words
  readonly skopeo: Words
}

type Words = readonly [program: string, ...args: string[]]

async function findJudges(): Promise<Judges | string> {
  if (process.getuid?.() !== 0) return 'it needs root'
  const [umoci, skopeo] = [await findProgram('umoci'), await findProgram('skopeo')]
  if (umoci.kind === 'missing') return umoci.reason
  if (skopeo.kind === 'missing') return skopeo.reason
  return { umoci: umoci.command, skopeo: skopeo.command }
}

function run([program, ...args]: Words, ...more: readonly string[]): Buffer {
  return execFileSync(program, [...args, ...more], { maxBuffer: 2 ** 26, stdio: ['ignore', 'pipe', 'pipe'] })
}

function umociTree({ umoci }: Judges, image: string, bundle: string): Buffer {
  run(umoci, 'unpack', '--image', image, bundle)
  return shell(TREE, join(bundle, 'rootfs'))
}

/** Fails with the lists of the trees, which can be read, before it compares the bytes. */
function expectSameTree(found: Buffer, wanted: Buffer): void {
  const list = (tar: Buffer) =>
    execFileSync('tar', ['--full-time', '--numeric-owner', '-tvf', '-'], { input: tar }).toString()
  expect(list(wanted)).toMatch(/^-rw-r--r-- 70000\/80000 +300000 2001-02-03 04:05:06\.789 bin\/big$/m)
  expect(wanted.includes('SCHILY.xattr.user.note=höher')).toBe(true)
  expect(wanted.includes('SCHILY.xattr.security.capability=')).toBe(true)
  expect(list(found)).toBe(list(wanted))
  expect(found.equals(wanted)).toBe(true)
}

let shared: Promise<MaybeServed> | undefined
const theRegistry = () => (shared ??= serveImages())
afterAll(async () => (await shared)?.[Symbol.asyncDispose]())

let count = 0

/** Pulls and returns the tree, and the data folder of its own. */
async function pullTree(served: ServedImages, tag: string): Promise<{ data: string; tree: Buffer }> {
  count += 1
  const root = join(served.folder, `pulled-${count}`)
  const data = join(root, 'data')
  const reference = `${served.host}/t/img:${tag}`
  const { layers } = await fetchImage({ data, run: root }, { reference }, { onProgress: () => {} })
  return { data, tree: overlayTree(root, layers) }
}

for (const [index, variant] of variants.entries()) {
  test(`an image of ${variant.what} has the tree that umoci gives it`, MAY_DOWNLOAD, async ({ skip }) => {
    const judges = await findJudges()
    if (typeof judges === 'string') return skip(judges)
    const served = await theRegistry()
    if (served.kind === 'missing') return skip(served.reason)
    const at = (name: string) => join(served.folder, `${name}-${index}`)
    const reference = `${served.host}/t/img:v${index}`
    writeVariant(at('layout'), variant, await variant.layers())
    await served.pushLayout(`v${index}`, at('layout'))
    const plain: Variant = { what: '', layers: packed(`${OCI}.layer.v1.tar+gzip`, gzip) }
    writeVariant(at('plain'), plain, await plain.layers())
    const { data, tree } = await pullTree(served, `v${index}`)
    expectSameTree(tree, umociTree(judges, `${at('plain')}:x`, at('judge')))
    const images = join(data, 'images')
    if (variant.isReadByUmoci) expectSameTree(umociTree(judges, `${images}:${reference}`, at('own')), tree)
    if (variant.isReadBySkopeo !== false) {
      const seen = JSON.parse(run(judges.skopeo, 'inspect', `oci:${images}:${reference}`).toString())
      expect(seen.Layers.length).toBeGreaterThan(1)
    }
  })
}

test(
  'an image of zstd:chunked layers as skopeo makes them has the tree that umoci gives it',
  MAY_DOWNLOAD,
  async ({ skip }) => {
    const judges = await findJudges()
    if (typeof judges === 'string') return skip(judges)
    const served = await theRegistry()
    if (served.kind === 'missing') return skip(served.reason)
    const at = (name: string) => join(served.folder, `chunked-${name}`)
    const plain: Variant = { what: '', layers: packed(`${OCI}.layer.v1.tar+gzip`, gzip) }
    writeVariant(at('plain'), plain, await plain.layers())
    const compress = ['--dest-compress', '--dest-compress-format', 'zstd:chunked']
    run(judges.skopeo, 'copy', ...compress, `oci:${at('plain')}:x`, `oci:${at('layout')}:x`)
    expect(readFileSync(join(at('layout'), 'index.json'), 'utf8')).toContain('manifest')
    await served.pushLayout('chunked', at('layout'))
    const { tree } = await pullTree(served, 'chunked')
    expectSameTree(tree, umociTree(judges, `${at('plain')}:x`, at('judge')))
  },
)

for (const { what, type, inner } of [
  { what: 'an OCI index', type: `${OCI}.index.v1+json`, inner: `${OCI}.manifest.v1+json` },
  {
    what: 'a Docker list',
    type: `${DOCKER}.distribution.manifest.list.v2+json`,
    inner: `${DOCKER}.distribution.manifest.v2+json`,
  },
]) {
  test(`${what} with an attestation leads to the image of this platform`, MAY_DOWNLOAD, async ({ skip }) => {
    const served = await theRegistry()
    if (served.kind === 'missing') return skip(served.reason)
    const layout = join(served.folder, `index-${type.length}`)
    const variant: Variant = {
      what,
      layers: packed(`${OCI}.layer.v1.tar+gzip`, gzip, [[{ name: 'here', mode: 0o644 }]]),
      manifestType: inner,
    }
    writeVariant(layout, variant, await variant.layers())
    const [{ annotations: _, ...image }] = JSON.parse(
      readFileSync(join(layout, 'index.json'), 'utf8'),
    ).manifests
    const statement = writeBlob(layout, Buffer.from('{"_type":"https://in-toto.io/Statement/v0.1"}'))
    const attestation = writeBlob(layout, {
      schemaVersion: 2,
      mediaType: `${OCI}.manifest.v1+json`,
      config: {
        mediaType: `${OCI}.config.v1+json`,
        ...writeBlob(layout, { architecture: 'unknown', os: 'unknown' }),
      },
      layers: [{ mediaType: 'application/vnd.in-toto+json', ...statement }],
    })
    const architecture = process.arch === 'x64' ? 'amd64' : process.arch
    const index = writeBlob(layout, {
      schemaVersion: 2,
      mediaType: type,
      manifests: [
        {
          mediaType: `${OCI}.manifest.v1+json`,
          ...attestation,
          platform: { architecture: 'unknown', os: 'unknown' },
          annotations: {
            'vnd.docker.reference.type': 'attestation-manifest',
            'vnd.docker.reference.digest': image.digest,
          },
        },
        { ...image, platform: { architecture, os: 'linux' } },
      ],
    })
    writeFileSync(join(layout, 'index.json'), JSON.stringify({ manifests: [{ mediaType: type, ...index }] }))
    const tag = `index-${type.length}`
    expect(await served.pushLayout(tag, layout)).toBe(index.digest)
    const roots = { data: join(served.folder, `data-${tag}`), run: served.folder }
    const { layers } = await fetchImage(
      roots,
      { reference: `${served.host}/t/img:${tag}` },
      { onProgress: () => {} },
    )
    expect(layers.map(layer => existsSync(join(layer, 'here')))).toEqual([true])
    const other = { reference: `${served.host}/t/img:${tag}`, platform: parsePlatform('linux/s390x') }
    const elsewhere = { data: join(served.folder, `other-${tag}`), run: served.folder }
    await expect(fetchImage(elsewhere, other, { onProgress: () => {} })).rejects.toMatchObject({
      code: 'image-not-found',
      message: expect.stringContaining(`: it is made for linux/${architecture}, expected linux/s390x`),
    })
  })
}
