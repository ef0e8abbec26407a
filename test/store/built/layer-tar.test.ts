import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseDigest } from '../../../src/base/digest.ts'
import type { LayerIndexEntry } from '../../../src/store/built/layer-index.ts'
import { layerTar } from '../../../src/store/built/layer-tar.ts'
import { unpackLayer } from '../../../src/store/layers/unpack-layer.ts'
import {
  describeFolder,
  type LayerFolderEntry,
  makeLayerFolder,
  makeSocket,
} from '../../support/layer-folder.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const isRoot = process.getuid?.() === 0

function packed(folder: string): { readonly bytes: Buffer; readonly index: readonly LayerIndexEntry[] } {
  const index: LayerIndexEntry[] = []
  const chunks: Buffer[] = []
  for (const chunk of layerTar(folder, { onEntry: entry => index.push(entry) }))
    chunks.push(Buffer.from(chunk))
  return { bytes: Buffer.concat(chunks), index }
}

/** The comparison of the test runner takes seconds for a few MB. */
function expectSame(found: ReturnType<typeof packed>, wanted: ReturnType<typeof packed>): void {
  expect(sha256(found.bytes)).toBe(sha256(wanted.bytes))
  expect(found.index).toEqual(wanted.index)
}

function sha256(content: Buffer | string): string {
  return createHash('sha256').update(content).digest('hex')
}

/** Unpacks an archive as the store does that pulls it. */
async function unpack(bytes: Buffer, folder: string): Promise<void> {
  const file = `${folder}.tar`
  writeFileSync(file, bytes)
  mkdirSync(folder)
  const digest = parseDigest(`sha256:${sha256(bytes)}`)
  const slice = { file, offset: 0, size: bytes.length }
  await unpackLayer({ source: { kind: 'whole', slice, digest }, diffId: digest, folder }, () => {})
}

const LAYER: readonly LayerFolderEntry[] = [
  { path: 'b', kind: 'folder', mode: 0o1777, mtime: 1_700_000_000_000_000_000n },
  { path: 'b/gone', kind: 'whiteout' },
  { path: 'b/sub', kind: 'folder', isOpaque: true, uid: 1000, gid: 70_000_000 },
  { path: 'b/sub/.first', kind: 'file', content: 'x', mtime: 1_500_000_000_123_456_789n },
  { path: 'b/sub/!before', kind: 'file' },
  { path: 'a', kind: 'file', content: 'content', mode: 0o4755, uid: 3_000_000_000 },
  { path: 'b-c', kind: 'hard-link', target: 'a' },
  { path: 'caf\xe9', kind: 'link', target: '/caf\xe9' },
  { path: 'caf\xe9 link', kind: 'hard-link', target: 'caf\xe9' },
  { path: 'dev', kind: 'device', mode: 0o600 },
  { path: 'hole', kind: 'sparse', xattrs: { 'user.note': 'a\n=b' } },
  { path: 'n'.repeat(200), kind: 'file', content: Buffer.alloc(1_500_000, 'y') },
  { path: 'pipe', kind: 'fifo', mode: 0o640 },
]
const ORDER = [
  'a',
  'b/',
  'b-c',
  'b/.wh.gone',
  'b/sub/',
  'b/sub/.wh..wh..opq',
  'b/sub/!before',
  'b/sub/.first',
]
const LISTED = [
  '-rwsr-xr-x 3000000000/0      7 1970-01-01 00:00:00 a',
  'drwxrwxrwt 0/0               0 2023-11-14 22:13:20 b/',
  'hrwsr-xr-x 3000000000/0      0 1970-01-01 00:00:00 b-c link to a',
  '---------- 0/0               0 1970-01-01 00:00:00 b/.wh.gone',
  'drwxr-xr-x 1000/70000000     0 1970-01-01 00:00:00 b/sub/',
  '---------- 0/0               0 1970-01-01 00:00:00 b/sub/.wh..wh..opq',
  '-rw-r--r-- 0/0               0 1970-01-01 00:00:00 b/sub/!before',
  '-rw-r--r-- 0/0               1 2017-07-14 02:40:00.123456789 b/sub/.first',
  'lrwxrwxrwx 0/0               0 1970-01-01 00:00:00           caf\\351 -> /caf\\351',
  'hrwxrwxrwx 0/0               0 1970-01-01 00:00:00           caf\\351 link link to caf\\351',
  'brw------- 0/0           7,300 1970-01-01 00:00:00           dev',
  '-rw-r--r-- 0/0         3145728 1970-01-01 00:00:00           hole',
  `-rw-r--r-- 0/0         1500000 1970-01-01 00:00:00           ${'n'.repeat(200)}`,
  'prw-r----- 0/0               0 1970-01-01 00:00:00           pipe',
]
const INDEXED = [
  ...['file a', 'folder b', 'file b-c', 'whiteout b/gone', 'folder b/sub', 'file b/sub/!before'],
  ...['file b/sub/.first', 'link caf\xe9', 'link caf\xe9 link', 'block dev', 'file hole'],
  ...[`file ${'n'.repeat(200)}`, 'fifo pipe'],
]

describe.skipIf(!isRoot)('layerTar()', () => {
  test('makes two blocks of zeros of an empty layer', () => {
    using folder = temporaryFolder()
    expect(packed(folder.path)).toEqual({ bytes: Buffer.alloc(1024), index: [] })
  })

  test('sorts entries by the bytes of their paths, whiteouts by what they remove', () => {
    using folder = temporaryFolder()
    makeLayerFolder(folder.path, LAYER)
    expect(namesByGnuTar(packed(folder.path).bytes).slice(0, ORDER.length)).toEqual(ORDER)
  })

  test('makes an archive that GNU tar lists as the files are', () => {
    using folder = temporaryFolder()
    makeLayerFolder(folder.path, LAYER)
    expect(listByGnuTar(packed(folder.path).bytes)).toEqual(LISTED)
  })

  test('makes an archive that GNU tar finds no difference to the files in', () => {
    using folder = temporaryFolder()
    const visible = LAYER.filter(({ kind, isOpaque }) => kind !== 'whiteout' && isOpaque !== true)
    makeLayerFolder(
      folder.path,
      visible.filter(({ path }) => !path.startsWith('b/sub')),
    )
    const input = packed(folder.path).bytes
    expect(execFileSync('tar', ['--compare', '-C', folder.path, '-f', '-'], { input }).toString()).toBe('')
  })

  test('gives back the same layer and the same archive when it is unpacked', async () => {
    using folder = temporaryFolder()
    const [first, second] = [join(folder.path, 'first'), join(folder.path, 'second')]
    mkdirSync(first)
    makeLayerFolder(first, LAYER)
    const archive = packed(first)
    await unpack(archive.bytes, second)
    expect(describeFolder(second)).toBe(describeFolder(first))
    expectSame(packed(second), archive)
  })

  test('tells the index what is in the layer', () => {
    using folder = temporaryFolder()
    makeLayerFolder(folder.path, LAYER)
    const { index } = packed(folder.path)
    expect(index.map(({ path, kind }) => `${kind} ${path}`)).toEqual(INDEXED)
    const file = {
      kind: 'file',
      mode: 0o4755,
      uid: 3_000_000_000,
      gid: 0,
      size: 7,
      sha256: sha256('content'),
    }
    expect(index.filter(({ path }) => ['a', 'b-c'].includes(path))).toEqual([
      { ...file, path: 'a' },
      { ...file, path: 'b-c' },
    ])
    const found = new Map(index.map(entry => [entry.path, entry]))
    expect(found.get('b/sub')).toMatchObject({ uid: 1000, gid: 70_000_000, isOpaque: true })
    expect(found.get('caf\xe9')).toMatchObject({ target: '/caf\xe9' })
    expect(found.get('dev')).toMatchObject({ device: '7:300', size: 0 })
    expect(found.get('hole')).toMatchObject({ size: 3_145_728, xattrs: [['user.note', 'YQo9Yg==']] })
  })

  test('leaves sockets out of the archive and names them in the index', async () => {
    using folder = temporaryFolder()
    await makeSocket(join(folder.path, 's'))
    const { bytes, index } = packed(folder.path)
    expect(bytes).toEqual(Buffer.alloc(1024))
    expect(index).toMatchObject([{ path: 's', kind: 'socket' }])
  })

  test('leaves attributes of overlayfs out', () => {
    using folder = temporaryFolder()
    const xattrs = { 'trusted.overlay.origin': 'x', 'trusted.overlay.impure': 'y', 'trusted.own': 'z' }
    makeLayerFolder(folder.path, [{ path: 'd', kind: 'folder', xattrs }])
    expect(packed(folder.path).bytes.includes('SCHILY')).toBe(false)
  })

  for (const name of ['trusted.overlay.redirect', 'trusted.overlay.metacopy']) {
    test(`refuses a layer with ${name}, whose files are elsewhere`, () => {
      using folder = temporaryFolder()
      makeLayerFolder(folder.path, [{ path: 'd', kind: 'folder', xattrs: { [name]: '/x' } }])
      expect(() => packed(folder.path)).toThrow(name)
    })
  }

  test('gives back any layer', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryLayer(), async entries => {
        using folder = temporaryFolder()
        const [first, second] = [join(folder.path, 'first'), join(folder.path, 'second')]
        mkdirSync(first)
        makeLayerFolder(first, entries)
        const archive = packed(first)
        await unpack(archive.bytes, second)
        expect(describeFolder(second)).toBe(describeFolder(first))
        expectSame(packed(second), archive)
      }),
      { numRuns: 60 },
    )
  })
})

function namesByGnuTar(input: Buffer): readonly string[] {
  return execFileSync('tar', ['-tf', '-'], { input, encoding: 'latin1' }).trimEnd().split('\n')
}

function listByGnuTar(input: Buffer): readonly string[] {
  const flags = ['--numeric-owner', '--full-time', '--utc', '--quoting-style=escape', '-tvf', '-']
  return execFileSync('tar', flags, { input, encoding: 'latin1' }).trimEnd().split('\n')
}

const NAMES = ['a', 'b', 'a-', 'B', '.x', '\xff', 'caf\xc3\xa9', ' ', 'l'.repeat(120), 'new\nline']

/** Something to make if its place is free; numbers choose among what is there by then. */
interface LayerSeed extends Omit<LayerFolderEntry, 'path' | 'target'> {
  readonly name: string
  readonly parent: number
  readonly linked: number
}

/** Folders come before what is in them; what would come twice, or link to nothing, is left out. */
function arbitraryLayer(): fc.Arbitrary<readonly LayerFolderEntry[]> {
  const kinds = ['folder', 'folder', 'file', 'link', 'hard-link', 'fifo', 'device', 'whiteout'] as const
  const seed: fc.Arbitrary<LayerSeed> = fc.record({
    kind: fc.constantFrom(...kinds),
    name: fc.constantFrom(...NAMES),
    parent: fc.nat(),
    content: fc.oneof(fc.string({ maxLength: 40 }), fc.constantFrom('x'.repeat(512), 'y'.repeat(70_000))),
    linked: fc.nat(),
    mode: fc.integer({ min: 0, max: 0o7777 }),
    uid: fc.constantFrom(0, 1000, 262_144, 4_000_000_000),
    gid: fc.constantFrom(0, 50, 2_097_152),
    mtime: fc.bigInt({ min: -(10n ** 12n), max: 4n * 10n ** 18n }),
    isOpaque: fc.boolean(),
    xattrs: fc.constantFrom({}, {}, { 'user.a': 'value' }),
  })
  return fc.array(seed, { maxLength: 40 }).map(seeds => {
    const made: LayerFolderEntry[] = []
    for (const next of seeds) made.push(...entriesOf(next, made))
    return made
  })
}

function entriesOf(seed: LayerSeed, made: readonly LayerFolderEntry[]): readonly LayerFolderEntry[] {
  const { name, parent, linked, isOpaque = false, xattrs = {}, ...rest } = seed
  const { kind } = rest
  const pathsOf = (...wanted: readonly string[]) =>
    made.filter(entry => wanted.includes(entry.kind)).map(({ path }) => path)
  const folder = chosen(['', ...pathsOf('folder')], parent) ?? ''
  const path = folder === '' ? name : `${folder}/${name}`
  const target = kind === 'hard-link' ? chosen(pathsOf('file', 'link', 'fifo'), linked) : `../${name}`
  if (target === undefined || made.some(known => known.path === path)) return []
  const hasXattrs = kind === 'folder' || kind === 'file'
  return [{ ...rest, path, target, isOpaque: isOpaque && kind === 'folder', xattrs: hasXattrs ? xattrs : {} }]
}

function chosen<T>(list: readonly T[], seed: number): T | undefined {
  return list[seed % Math.max(1, list.length)]
}
