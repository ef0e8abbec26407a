import { execFileSync, spawnSync } from 'node:child_process'
import {
  closeSync,
  existsSync,
  ftruncateSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { parseDigest } from '../../../src/base/digest.ts'
import { getXattr, OPAQUE_XATTR } from '../../../src/disk/inode.ts'
import { unpackLayer } from '../../../src/store/layers/unpack-layer.ts'
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

/** A sparse file of PAX form 1.0, whose map is in its content. */
const mapped = (name: string, content: string): TestEntry => ({
  name,
  pax: { 'GNU.sparse.major': '1', 'GNU.sparse.minor': '0', 'GNU.sparse.realsize': '100' },
  content: content.padEnd(512, '\0'),
})

const GIB = 1024 ** 3

/** Returns the headers of an archive's entries, without what ends it. */
function blocksOf(archive: Buffer): readonly Buffer[] {
  return [archive.subarray(0, archive.length - 1024)]
}

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
    {
      what: 'a hard link to what the layer removes',
      entries: [file('.wh.b', ''), hardLink('a', 'b')],
      at: 'a',
    },
    {
      what: "overlayfs' mark of a removed name",
      entries: [{ name: 'a', type: 'character-device', devmajor: 0, devminor: 0 }],
      at: 'a',
    },
    { what: 'a file of 70 GB', entries: [withPax('a', { size: '70000000000' })], at: 'a' },
    {
      what: 'a hole of 1 TB',
      entries: [withPax('a', { 'GNU.sparse.size': '1000000000000', 'GNU.sparse.map': '0,1' })],
      at: 'a',
    },
    {
      what: 'a sparse map with parts that overlap',
      entries: [withPax('a', { 'GNU.sparse.size': '9', 'GNU.sparse.map': '2,1,0,0' })],
      at: 'a',
    },
    {
      what: 'a sparse map that leads out of the file',
      entries: [withPax('a', { 'GNU.sparse.size': '9', 'GNU.sparse.map': '9,1' })],
      at: 'a',
    },
    {
      what: 'a sparse map of more bytes than there are',
      entries: [withPax('a', { 'GNU.sparse.size': '9', 'GNU.sparse.map': '0,9' })],
      at: 'a',
    },
    {
      what: 'a sparse map with text for a number',
      entries: [withPax('a', { 'GNU.sparse.size': '9', 'GNU.sparse.map': '0,x' })],
      at: 'a',
    },
    { what: 'a sparse map that ends with the content', entries: [mapped('a', '3\n0\n')], at: 'a' },
    { what: 'a sparse map that is text', entries: [mapped('a', 'x'.repeat(512))], at: 'a' },
    { what: 'a sparse map of a million parts', entries: [mapped('a', '1000001\n')], at: 'a' },
    { what: 'a user that no system has', entries: [withPax('a', { uid: '99999999999' })], at: 'a' },
    { what: 'a target of a link that is too long', entries: [link('a', 'x'.repeat(5000))], at: 'a' },
    {
      what: 'a path that is too long',
      entries: [file(Array.from({ length: 1024 }, () => 'abc').join('/'))],
      at: 'abc/abc/',
    },
    { what: 'a name with a part of 300 bytes', entries: [file('n'.repeat(300))], at: 'n'.repeat(300) },
  ]
  for (const { what, entries, at } of hostile) {
    test(what, async () => {
      using root = temporaryFolder()
      const archive = await tarArchive(entries)
      const end = at.endsWith('/') ? '' : '": '
      await expect(unpack(root.path, archive)).rejects.toMatchObject({
        code: 'image-layer',
        message: expect.stringContaining(`Cannot unpack layer ${digestOf(archive)} at entry "${at}${end}`),
      })
      expect(readFileSync(join(root.path, 'outside'), 'utf8')).toBe('untouched')
      expect(readdirSync(root.path).sort()).toEqual(['blob', 'layer', 'outside'])
    })
  }

  test('an archive that unpacks to hundreds of times its size', async () => {
    using root = temporaryFolder()
    // What is no part of the image is not written, so that the test needs no disk.
    const [head] = blocksOf(await tarArchive([{ name: '.wh..wh.big', pax: { size: `${2 * GIB}` } }]))
    const zeros = gzipSync(Buffer.alloc(GIB / 16))
    const blob = Buffer.concat([gzipSync(head ?? ''), ...Array.from({ length: 32 }, () => zeros)])
    await expect(unpack(root.path, Buffer.alloc(0), blob)).rejects.toMatchObject({
      code: 'image-layer',
      message: expect.stringMatching(/ at entry "\.wh\.\.wh\.big": the layer has more than 1073741824 bytes/),
    })
  })

  test('ten million entries', { timeout: 120_000 }, async () => {
    using root = temporaryFolder()
    const [head = Buffer.alloc(0)] = blocksOf(await tarArchive([folder('./')]))
    const many = gzipSync(Buffer.concat(Array.from({ length: 10_000 }, () => head)))
    const blob = Buffer.concat(Array.from({ length: 1000 }, () => many))
    await expect(unpack(root.path, Buffer.alloc(0), blob)).rejects.toMatchObject({
      code: 'image-layer',
      message: expect.stringMatching(/ at entry "\.\/": the layer has more than 1000000 entries/),
    })
  })

  test('a device where the system allows none', async ({ skip }) => {
    if (!existsSync('/usr/bin/setpriv')) return skip('no /usr/bin/setpriv')
    using root = temporaryFolder()
    const archive = await tarArchive([
      { name: 'dev/null', type: 'character-device', devmajor: 1, devminor: 3 },
    ])
    writeFileSync(join(root.path, 'blob'), archive)
    const program = join(import.meta.dirname, '../../support/unpack-program.ts')
    const args = ['--bounding-set', '-mknod', '--inh-caps', '-mknod', process.execPath, program, root.path]
    const { status, stdout } = spawnSync('/usr/bin/setpriv', args, { encoding: 'utf8' })
    expect(stdout).toContain(`Cannot unpack layer ${digestOf(archive)} at entry "dev/null": mknod `)
    expect(stdout).toContain('EPERM')
    expect(status).toBe(0)
  })

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

  const formats = [
    ['--format=gnu'],
    ...['0.0', '0.1', '1.0'].map(version => ['--format=pax', `--sparse-version=${version}`]),
  ]
  for (const format of formats) {
    test(`a file with holes that GNU tar packs with ${format.join(' ')}`, async () => {
      using root = temporaryFolder()
      const source = join(root.path, 'source')
      mkdirSync(source)
      writeHoles(join(source, 'holes'))
      writeFileSync(join(source, 'next'), 'next')
      const args = ['-C', source, '-S', ...format, '-cf', '-', 'holes', 'next']
      const archive = execFileSync('tar', args, { maxBuffer: 1e9 })
      expect(archive.length).toBeLessThan(2_000_000)
      const layer = await unpack(root.path, archive)
      const unpacked = lstatSync(join(layer, 'holes'))
      expect(unpacked.size).toBe(HOLES.size)
      expect(unpacked.blocks * 512).toBeLessThan(2_000_000)
      expect(readFileSync(join(layer, 'holes')).equals(readFileSync(join(source, 'holes')))).toBe(true)
      expect(readFileSync(join(layer, 'next'), 'utf8')).toBe('next')
    })
  }
})

/** More parts than fit into a header and one block after it, and a hole last. */
const HOLES = { size: 40_000_000, parts: 30, apart: 1_000_000 }

function writeHoles(path: string): void {
  const fd = openSync(path, 'w')
  for (let part = 0; part < HOLES.parts; part += 1) writeSync(fd, `part ${part}`, part * HOLES.apart)
  ftruncateSync(fd, HOLES.size)
  closeSync(fd)
}
