import { Buffer } from 'node:buffer'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { TarEntry } from '../../src/archive/tar-header.ts'
import { TAR_END, tarHeader } from '../../src/archive/tar-header-writer.ts'
import { TarReader } from '../../src/archive/tar-reader.ts'

const file: TarEntry = {
  kind: 'file',
  name: 'a',
  linkName: '',
  size: 0,
  sparse: undefined,
  mode: 0o644,
  uid: 0,
  gid: 0,
  mtime: 0n,
  major: 0,
  minor: 0,
  xattrs: new Map(),
}

/** Reads the entries of headers without content. */
function readBack(...bytes: readonly Buffer[]): readonly TarEntry[] {
  const entries: TarEntry[] = []
  const reader = new TarReader({
    entryStarted: entry => entries.push(entry),
    content: () => {},
    entryEnded: () => {},
  })
  reader.push(Buffer.concat(bytes))
  return entries
}

const cases: ReadonlyArray<{
  readonly what: string
  readonly entry: Partial<TarEntry>
  readonly blocks: number
}> = [
  { what: 'a plain file', entry: {}, blocks: 1 },
  { what: 'set-id and sticky bits', entry: { mode: 0o7755 }, blocks: 1 },
  { what: 'the largest ids of the ustar format', entry: { uid: 2_097_151, gid: 2_097_151 }, blocks: 1 },
  { what: 'larger ids', entry: { uid: 2_097_152, gid: 4_294_967_294 }, blocks: 3 },
  { what: 'a name of 100 bytes', entry: { name: 'n'.repeat(100) }, blocks: 1 },
  { what: 'a longer name', entry: { name: `${'n'.repeat(60)}/${'m'.repeat(60)}` }, blocks: 3 },
  { what: 'a name that is no UTF-8', entry: { name: 'caf\xe9' }, blocks: 1 },
  { what: 'a long name that is no UTF-8', entry: { name: '\xff'.repeat(101) }, blocks: 3 },
  { what: 'a long folder', entry: { kind: 'folder', name: `${'n'.repeat(120)}/` }, blocks: 3 },
  { what: 'a symlink', entry: { kind: 'symlink', linkName: '../caf\xe9', mode: 0o777 }, blocks: 1 },
  { what: 'a hard link with a long target', entry: { kind: 'link', linkName: 't'.repeat(101) }, blocks: 3 },
  { what: 'a device', entry: { kind: 'character', major: 4095, minor: 1_048_575 }, blocks: 1 },
  { what: 'a FIFO', entry: { kind: 'fifo' }, blocks: 1 },
  { what: 'a time in whole seconds', entry: { mtime: 1_700_000_000_000_000_000n }, blocks: 1 },
  { what: 'a time with nanoseconds', entry: { mtime: 1_700_000_000_000_000_001n }, blocks: 3 },
  { what: 'a time before the epoch', entry: { mtime: -1_500_000_000n }, blocks: 3 },
  { what: 'a time past the field', entry: { mtime: 8_589_934_592_000_000_000n }, blocks: 3 },
  {
    what: 'extended attributes',
    entry: {
      xattrs: new Map([
        ['user.a', Buffer.from([0, 10, 61, 255])],
        ['user.b', Buffer.alloc(600)],
      ]),
    },
    blocks: 4,
  },
]

describe('tarHeader()', () => {
  for (const { what, entry, blocks } of cases) {
    test(`writes ${what} in ${blocks} blocks so that it is read back`, () => {
      const header = tarHeader({ ...file, ...entry })
      expect(header).toHaveLength(blocks * 512)
      expect(readBack(header, TAR_END)).toEqual([{ ...file, ...entry }])
    })
  }

  test('writes the size of a file of 8 GiB and more as a record', () => {
    expect(tarHeader({ ...file, size: 8 * 1024 ** 3 - 1 })).toHaveLength(512)
    const size = 8 * 1024 ** 3
    expect(readBack(tarHeader({ ...file, size }))).toEqual([{ ...file, size }])
  })

  test('counts the digits of a record that a digit makes longer', () => {
    for (let length = 80; length < 110; length++) {
      const value = Buffer.alloc(length, 'x')
      const entry = { ...file, xattrs: new Map([['user.a', value]]) }
      expect(readBack(tarHeader(entry), TAR_END)).toEqual([entry])
    }
  })

  test('reads back whatever is written', () => {
    const bytes = fc.array(fc.integer({ min: 1, max: 255 }), { minLength: 1, maxLength: 220 })
    const name = bytes.map(codes => String.fromCharCode(...codes)).filter(text => !text.endsWith('/'))
    const arbitrary = fc.record({
      name,
      linkName: name,
      uid: fc.integer({ min: 0, max: 2 ** 32 - 2 }),
      gid: fc.integer({ min: 0, max: 2 ** 32 - 2 }),
      mode: fc.integer({ min: 0, max: 0o7777 }),
      mtime: fc.bigInt({ min: -(2n ** 50n), max: 2n ** 63n - 1n }),
      xattrs: fc
        .uint8Array({ maxLength: 80 })
        .map(value => new Map([['security.capability', Buffer.from(value)]])),
    })
    fc.assert(
      fc.property(arbitrary, fields => {
        const entry: TarEntry = { ...file, ...fields, kind: 'symlink' }
        expect(readBack(tarHeader(entry), TAR_END)).toEqual([entry])
      }),
    )
  })
})
