import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { archiveBytes, archiveKind } from '../../../../../src/engine/local/build/files/archive-kind.ts'
import { BZIP2_ARCHIVE, XZ_ARCHIVE } from '../../../../support/packed-archives.ts'
import { tarArchive } from '../../../../support/tar-archive.ts'
import { temporaryFolder } from '../../../../support/temporary-folder.ts'

const plain = await tarArchive([{ name: 't/in', content: 'in\n' }])

const archives = [
  { name: 'a plain archive', bytes: plain, kind: 'tar' },
  { name: 'gzip', bytes: gzipSync(plain), kind: 'tar' },
  { name: 'zstd', bytes: zstdCompressSync(plain), kind: 'tar' },
  { name: 'bzip2', bytes: BZIP2_ARCHIVE, kind: 'bzip2' },
  { name: 'two streams of bzip2', bytes: Buffer.concat([BZIP2_ARCHIVE, BZIP2_ARCHIVE]), kind: 'bzip2' },
  { name: 'xz', bytes: XZ_ARCHIVE, kind: 'xz' },
] as const

const others = [
  { name: 'an empty file', bytes: Buffer.alloc(0) },
  { name: 'text', bytes: Buffer.from('hello'.repeat(1000)) },
  { name: 'a zip', bytes: Buffer.from('PK\u0003\u0004zip'.padEnd(2000, 'x')) },
  { name: 'an empty archive', bytes: Buffer.alloc(1024) },
  { name: 'text in gzip', bytes: gzipSync('hello'.repeat(1000)) },
  { name: 'a short text in gzip', bytes: gzipSync('hello') },
  { name: 'damaged gzip', bytes: gzipSync(plain).subarray(0, 15) },
  { name: 'damaged bzip2', bytes: BZIP2_ARCHIVE.subarray(0, 40) },
  { name: 'damaged xz', bytes: XZ_ARCHIVE.subarray(0, 40) },
  { name: 'the first bytes of xz', bytes: XZ_ARCHIVE.subarray(0, 5) },
]

describe('archiveKind()', () => {
  test.each(archives)('takes $name for an archive', async ({ bytes, kind }) => {
    using folder = temporaryFolder()
    const file = join(folder.path, 'any-name')
    writeFileSync(file, bytes)
    expect(await archiveKind(file)).toBe(kind)
    const unpacked = await buffer(archiveBytes(file, kind))
    expect(unpacked.toString('latin1')).toContain('in\n')
  })

  test.each(others)('takes $name for none', async ({ bytes }) => {
    using folder = temporaryFolder()
    const file = join(folder.path, 'a.tar.gz')
    writeFileSync(file, bytes)
    expect(await archiveKind(file)).toBeUndefined()
  })
})

describe('archiveBytes()', () => {
  test.each([
    { kind: 'bzip2', bytes: BZIP2_ARCHIVE },
    { kind: 'xz', bytes: XZ_ARCHIVE },
  ] as const)('fails for damaged $kind', async ({ kind, bytes }) => {
    using folder = temporaryFolder()
    const file = join(folder.path, 'file')
    const damaged = Buffer.from(bytes)
    damaged.writeUInt8(damaged.readUInt8(70) ^ 0xff, 70)
    writeFileSync(file, damaged)
    await expect(buffer(archiveBytes(file, kind))).rejects.toThrow(`its ${kind} data is damaged`)
  })
})
