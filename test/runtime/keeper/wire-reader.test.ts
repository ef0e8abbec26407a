import { expect, test } from 'vitest'
import { WireReader } from '../../../src/runtime/keeper/wire-reader.ts'
import { WireWriter } from '../../../src/runtime/keeper/wire-writer.ts'

test('WireReader reads what WireWriter wrote', () => {
  const bytes = new WireWriter().u8(1).u16(2).u32(-1).u32(3).u64(4n).text('ä').u32(2).u8(5).u8(6).finish()
  const reader = new WireReader(bytes)
  expect([reader.u8(), reader.u16(), reader.i32(), reader.u32(), reader.u64(), reader.text()]).toEqual([
    1,
    2,
    -1,
    3,
    4n,
    'ä',
  ])
  expect(reader.rows(row => row.u8())).toEqual([5, 6])
})

const reads: readonly { readonly name: string; readonly read: (reader: WireReader) => unknown }[] = [
  { name: 'u32()', read: reader => reader.u32() },
  { name: 'u64()', read: reader => reader.u64() },
  { name: 'text()', read: reader => reader.text() },
]
for (const { name, read } of reads) {
  test(`WireReader.${name} throws past the end`, () => {
    expect(() => read(new WireReader(Buffer.from([9, 0])))).toThrow(RangeError)
  })
}

test('WireReader.text() throws for a length past the end', () => {
  expect(() => new WireReader(Buffer.from([9, 0, 0, 0, 65])).text()).toThrow(RangeError)
})
