import { execFileSync } from 'node:child_process'
import { lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { parseDigest } from '../../../src/base/digest.ts'
import { getXattr, OPAQUE_XATTR } from '../../../src/engine/host/inode.ts'
import { unpackLayer } from '../../../src/engine/image/unpack-layer.ts'
import { digestOf } from '../../support/hand-made-layout.ts'
import { type TestEntry, tarArchive } from '../../support/tar-archive.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

/** Unpacks `blob`, by default the archive itself, into `root/layer`, beside a file that must stay as it is. */
async function unpack(root: string, archive: Buffer, blob: Buffer = archive): Promise<string> {
  const folder = join(root, 'layer')
  const file = join(root, 'blob')
  mkdirSync(folder)
  writeFileSync(file, blob)
  writeFileSync(join(root, 'outside'), 'untouched')
  await unpackLayer(
    {
      source: {
        kind: 'whole',
        slice: { file, offset: 0, size: blob.length },
        digest: parseDigest(digestOf(blob)),
      },
      diffId: parseDigest(digestOf(archive)),
      folder,
    },
    () => {},
  )
  return folder
}

const link = (name: string, linkname: string): TestEntry => ({ name, type: 'symlink', linkname })
const hardLink = (name: string, linkname: string): TestEntry => ({ name, type: 'link', linkname })
const folder = (name: string): TestEntry => ({ name, type: 'directory' })
const file = (name: string, content = 'x'): TestEntry => ({ name, content })
const withPax = (name: string, pax: Record<string, string>): TestEntry => ({ name, pax, content: 'x' })

describe('unpackLayer() refuses', () => {
  const hostile: ReadonlyArray<{
    readonly what: string
    readonly entries: readonly TestEntry[]
    readonly at: string
  }> = [
    { what: 'a name with ..', entries: [file('../outside')], at: '../outside' },
    { what: 'a name with .. inside', entries: [folder('a'), file('a/../../outside')], at: 'a/../../outside' },
    { what: 'an absolute name', entries: [file('/outside')], at: '/outside' },
    { what: 'a file through a link', entries: [link('a', '..'), file('a/outside')], at: 'a/outside' },
    { what: 'a file through an absolute link', entries: [link('a', '/'), file('a/tmp/x')], at: 'a/tmp/x' },
    {
      what: 'a folder swapped for a link',
      entries: [folder('a'), file('a/b'), link('a', '..'), file('a/outside')],
      at: 'a/outside',
    },
    { what: 'a folder through a link', entries: [link('a', '..'), folder('a/b')], at: 'a/b' },
    {
      what: 'a whiteout through a link',
      entries: [link('a', '..'), file('a/.wh.outside')],
      at: 'a/.wh.outside',
    },
    { what: 'a whiteout of ..', entries: [folder('a'), file('a/.wh...')], at: 'a/.wh...' },
    { what: 'a hard link to outside', entries: [hardLink('a', '../outside')], at: 'a' },
    { what: 'a hard link through a link', entries: [link('l', '..'), hardLink('a', 'l/outside')], at: 'a' },
    { what: 'a hard link to a file that is not there', entries: [hardLink('a', 'b')], at: 'a' },
    { what: 'a hard link to a folder', entries: [folder('b'), hardLink('a', 'b')], at: 'a' },
    { what: 'a file below a file', entries: [file('a'), file('a/b')], at: 'a/b' },
    { what: 'a link in place of the layer', entries: [link('.', '/')], at: '.' },
    {
      what: 'a redirecting attribute',
      entries: [withPax('a', { 'SCHILY.xattr.trusted.overlay.redirect': '/etc' })],
      at: 'a',
    },
    { what: 'a PAX name with ..', entries: [withPax('a', { path: '../outside' })], at: '../outside' },
    { what: 'a name with a part of 300 bytes', entries: [file('n'.repeat(300))], at: 'n'.repeat(300) },
  ]
  for (const { what, entries, at } of hostile) {
    test(what, async () => {
      using root = temporaryFolder()
      await expect(unpack(root.path, await tarArchive(entries))).rejects.toMatchObject({
        code: 'image-layer',
        message: expect.stringContaining(`at entry "${at}": `),
      })
      expect(readFileSync(join(root.path, 'outside'), 'utf8')).toBe('untouched')
      expect(readdirSync(root.path).sort()).toEqual(['blob', 'layer', 'outside'])
    })
  }

  test('a blob of another digest', async () => {
    using root = temporaryFolder()
    const archive = await tarArchive([file('a')])
    await expect(unpack(root.path, await tarArchive([file('b')]), archive)).rejects.toMatchObject({
      code: 'image-layer',
      message: expect.stringContaining('its archive has the digest'),
    })
  })

  test('an archive that is cut short', async () => {
    using root = temporaryFolder()
    const archive = (await tarArchive([file('a', 'x'.repeat(2000))])).subarray(0, 1024)
    await expect(unpack(root.path, archive)).rejects.toMatchObject({ code: 'image-layer' })
  })

  test('a gzip stream that is damaged', async () => {
    using root = temporaryFolder()
    const archive = await tarArchive([file('a', 'x'.repeat(2000))])
    const blob = gzipSync(archive)
    blob.fill(0xff, 20, 30)
    await expect(unpack(root.path, archive, blob)).rejects.toMatchObject({ code: 'image-layer' })
  })

  test('bytes that are no archive', async () => {
    using root = temporaryFolder()
    await expect(unpack(root.path, Buffer.alloc(2048, 'no archive'))).rejects.toMatchObject({
      message: expect.stringContaining('its header has'),
    })
  })
})

describe('unpackLayer() writes', () => {
  test('modes, owners, times, links, devices and attributes', async () => {
    using root = temporaryFolder()
    const layer = await unpack(
      root.path,
      await tarArchive([
        { ...folder('./'), mode: 0o751, uid: 3, gid: 4 },
        { ...folder('d'), mode: 0o1777, uid: 5, gid: 6 },
        { ...file('d/suid'), mode: 0o4755, uid: 7, gid: 8 },
        { ...withPax('d/attr', { 'SCHILY.xattr.user.note': 'kept', mtime: '1600000000.123456789' }) },
        link('d/link', '/nowhere'),
        hardLink('d/twin', 'd/suid'),
        { name: 'fifo', type: 'fifo', mode: 0o640 },
        { name: 'null', type: 'character-device', mode: 0o666, devmajor: 1, devminor: 3 },
        file(`deep/${'n'.repeat(120)}/${'m'.repeat(120)}`, 'long'),
        file('Fő', 'name'),
      ]),
    )
    expect(lstatSync(layer)).toMatchObject({ mode: 0o40751, uid: 3, gid: 4 })
    expect(lstatSync(join(layer, 'd'))).toMatchObject({ mode: 0o41777, uid: 5, gid: 6 })
    expect(lstatSync(join(layer, 'd')).mtime).toEqual(new Date('2020-01-01T00:00:00Z'))
    expect(lstatSync(join(layer, 'd/suid'))).toMatchObject({ mode: 0o104755, uid: 7, gid: 8, nlink: 2 })
    expect(lstatSync(join(layer, 'd/twin')).ino).toBe(lstatSync(join(layer, 'd/suid')).ino)
    expect(lstatSync(join(layer, 'd/attr'), { bigint: true }).mtimeNs).toBe(1_600_000_000_123_456_789n)
    expect(getXattr(join(layer, 'd/attr'), 'user.note')?.toString()).toBe('kept')
    expect(readlinkSync(join(layer, 'd/link'))).toBe('/nowhere')
    expect(lstatSync(join(layer, 'fifo')).mode).toBe(0o10640)
    expect(lstatSync(join(layer, 'null'))).toMatchObject({ mode: 0o20666, rdev: 0x103 })
    expect(readFileSync(join(layer, 'deep', 'n'.repeat(120), 'm'.repeat(120)), 'utf8')).toBe('long')
    expect(readFileSync(join(layer, 'Fő'), 'utf8')).toBe('name')
  })

  test('whiteouts and opaque folders in the form of overlayfs', async () => {
    using root = temporaryFolder()
    const layer = await unpack(
      root.path,
      await tarArchive([
        file('.wh.gone', ''),
        folder('opaque'),
        file('opaque/.wh..wh..opq', ''),
        file('opaque/own'),
        file('.wh.again', ''),
        file('again/inner'),
        file('both'),
        file('.wh.both', ''),
        file('.wh..wh.plnk', ''),
      ]),
    )
    expect(readdirSync(layer).sort()).toEqual(['again', 'both', 'gone', 'opaque'])
    expect(lstatSync(join(layer, 'gone'))).toMatchObject({ mode: 0o20000, rdev: 0 })
    expect(getXattr(join(layer, 'opaque'), OPAQUE_XATTR)?.toString()).toBe('y')
    expect(getXattr(join(layer, 'again'), OPAQUE_XATTR)?.toString()).toBe('y')
    expect(lstatSync(join(layer, 'both')).isFile()).toBe(true)
  })

  test('the last of several entries of one name', async () => {
    using root = temporaryFolder()
    const entries = [
      folder('a'),
      file('a/b'),
      file('a', 'file'),
      folder('c'),
      link('l', 'c'),
      folder('l'),
      file('l/x'),
    ]
    const layer = await unpack(root.path, await tarArchive(entries))
    expect(readFileSync(join(layer, 'a'), 'utf8')).toBe('file')
    expect(readdirSync(join(layer, 'l'))).toEqual(['x'])
    expect(readdirSync(join(layer, 'c'))).toEqual([])
  })

  const skippable = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3])
  const forms: ReadonlyArray<{ readonly form: string; readonly pack: (archive: Buffer) => Buffer }> = [
    { form: 'plain', pack: archive => archive },
    { form: 'gzip', pack: archive => gzipSync(archive) },
    {
      form: 'gzip of several members',
      pack: archive => Buffer.concat([gzipSync(archive.subarray(0, 700)), gzipSync(archive.subarray(700))]),
    },
    { form: 'zstd', pack: archive => zstdCompressSync(archive) },
    {
      form: 'zstd of several frames with skippable ones between',
      pack: archive =>
        Buffer.concat([
          skippable,
          zstdCompressSync(archive.subarray(0, 700)),
          skippable,
          zstdCompressSync(archive.subarray(700)),
          skippable,
        ]),
    },
  ]
  for (const { form, pack } of forms) {
    test(`a layer that is ${form}`, async () => {
      using root = temporaryFolder()
      const content = 'some text '.repeat(100_000)
      const archive = await tarArchive([file('a', content), file('b', '')])
      const layer = await unpack(root.path, archive, pack(archive))
      expect(readFileSync(join(layer, 'a'), 'utf8')).toBe(content)
      expect(lstatSync(join(layer, 'b')).size).toBe(0)
    })
  }

  test('what GNU tar packs, names that are no UTF-8 included', async () => {
    using root = temporaryFolder()
    const source = join(root.path, 'source')
    mkdirSync(source)
    writeFileSync(Buffer.concat([Buffer.from(`${source}/`), Buffer.from([0xe9, 0x74])]), 'latin1')
    writeFileSync(join(source, 'x'.repeat(200)), 'long')
    const archive = execFileSync('tar', ['-C', source, '--format=gnu', '-cf', '-', '.'], { maxBuffer: 1e9 })
    const layer = await unpack(root.path, archive)
    const names = (path: string) => readdirSync(path, { encoding: 'latin1' }).sort()
    expect(names(layer)).toEqual(names(source))
    expect(names(layer)).toContain('\xe9t')
  })
})
