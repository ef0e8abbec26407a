import { Buffer } from 'node:buffer'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FileHeader, type PlainFile } from '../../src/archive/file-header.ts'
import { tarHeader } from '../../src/archive/tar-header-writer.ts'

const file: PlainFile = {
  path: 'd/f',
  name: 'f',
  size: 3,
  mode: 0o644,
  uid: 0,
  gid: 0,
  mtime: 1_700_000_000,
  mtimeNanoseconds: 0,
}

/** Writes the header into bytes that are not zero. */
function written(header: FileHeader): string {
  const bytes = Buffer.alloc(header.size + 20, 0xaa)
  header.putInto(bytes, 10)
  return bytes.subarray(10, -10).toString('latin1')
}

function expected({ path, mtime, mtimeNanoseconds, size, mode, uid, gid }: PlainFile): string {
  const time = BigInt(mtime) * 1_000_000_000n + BigInt(mtimeNanoseconds)
  const numbers = { size, mode, uid, gid, major: 0, minor: 0 }
  const texts = { name: path, linkName: '', sparse: undefined }
  return tarHeader({ kind: 'file', ...texts, ...numbers, mtime: time, xattrs: new Map() }).toString('latin1')
}

const nanoseconds = fc.oneof(
  fc.constantFrom(0, 1, 10, 100_000_000, 999_999_999, 120_000),
  fc.integer({ min: 0, max: 999_999_999 }),
)
const names = fc.string({
  unit: fc.integer({ min: 0x30, max: 0xff }).map(code => String.fromCharCode(code)),
  minLength: 1,
  maxLength: 60,
})
const files: fc.Arbitrary<PlainFile> = fc.record({
  path: fc.array(names, { minLength: 1, maxLength: 3 }).map(parts => parts.join('/')),
  name: fc.constant(''),
  size: fc.oneof(fc.nat(100), fc.nat(0x7fffffff)),
  mode: fc.nat(0o7777),
  uid: fc.oneof(fc.constant(0), fc.nat(0o7777777)),
  gid: fc.oneof(fc.constant(0), fc.nat(0o7777777)),
  mtime: fc.oneof(fc.constantFrom(0, 7, 1_700_000_000), fc.nat(0x7fffffff)),
  mtimeNanoseconds: nanoseconds,
})

describe('FileHeader', () => {
  test('has the bytes of TarHeader, whatever was in its place', () => {
    fc.assert(
      fc.property(files, some => {
        const plain = { ...some, name: some.path.slice(some.path.lastIndexOf('/') + 1) }
        const header = FileHeader.of(plain)
        fc.pre(plain.path.length <= 100)
        if (header === undefined) throw new Error('there is no header')
        expect(written(header)).toBe(expected(plain))
      }),
      { numRuns: 2000 },
    )
  })

  test.each<Partial<PlainFile>>([
    { path: 'p'.repeat(101) },
    { uid: 0o10000000 },
    { gid: 0o10000000 },
    { size: 2 ** 31 },
    { mtime: -1 },
    { mtime: 2 ** 31 },
  ])('of() leaves %j to TarHeader', part => {
    expect(FileHeader.of({ ...file, ...part })).toBeUndefined()
  })
})
