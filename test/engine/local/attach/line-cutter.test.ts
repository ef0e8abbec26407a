import { expect, test } from 'vitest'
import { LineCutter, LONGEST_LINE } from '../../../../src/engine/local/attach/line-cutter.ts'

const long = 'x'.repeat(LONGEST_LINE - 1)

const cases: ReadonlyArray<{ name: string; chunks: readonly (string | Buffer)[]; lines: readonly string[] }> =
  [
    { name: 'nothing', chunks: [], lines: [] },
    { name: 'lines across chunks', chunks: ['a', 'b\nc\n', '\nd\n'], lines: ['ab', 'c', '', 'd'] },
    { name: 'a last line without an end', chunks: ['a\nb'], lines: ['a', 'b'] },
    { name: 'carriage returns, dropped at ends only', chunks: ['a\rb\r\nc\r'], lines: ['a\rb', 'c'] },
    {
      name: 'a character across chunks',
      chunks: [Buffer.from([0xc3]), Buffer.from([0xa9, 0x0a])],
      lines: ['é'],
    },
    { name: 'bytes that are no text', chunks: [Buffer.from([0x61, 0xff, 0x62, 0x0a])], lines: ['a\ufffdb'] },
    { name: 'a long line, between characters', chunks: [`${long}éz\n`], lines: [long, 'éz'] },
    { name: 'a long line without an end', chunks: [long, 'ab', 'c'], lines: [`${long}a`, 'bc'] },
  ]

for (const { name, chunks, lines } of cases) {
  test(`LineCutter cuts ${name}`, () => {
    const cutter = new LineCutter()
    const cut = chunks.flatMap(chunk => cutter.push(Buffer.from(chunk)))
    expect([...cut, ...cutter.end(), ...cutter.end()]).toEqual(lines)
  })
}
