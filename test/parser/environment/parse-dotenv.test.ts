import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseDotenv } from '../../../src/parser/environment/parse-dotenv.ts'

function parse(text: string) {
  const { value, diagnostics } = parseDotenv({
    file: '.env',
    text,
    lookup: name => (name === 'OUTER' ? 'outer' : undefined),
  })
  return { values: Object.fromEntries(value ?? []), lines: diagnostics.map(({ span }) => span?.line) }
}

describe('parseDotenv()', () => {
  const table: readonly { readonly text: string; readonly values: Readonly<Record<string, string>> }[] = [
    { text: '\uFEFFA=1\r\n\r\n# note\nB: 2\n', values: { A: '1', B: '2' } },
    { text: 'export A=1', values: { A: '1' } },
    { text: ' A = x y \n', values: { A: 'x y' } },
    { text: 'A=x # note\nB=x#y\nC=#z', values: { A: 'x', B: 'x#y', C: '#z' } },
    { text: 'A=x\t#y\nB= #z\nC="#q" # c\nD=# a # b', values: { A: 'x\t#y', B: '#z', C: '#q', D: '# a' } },
    { text: 'A=\nB=""\nC', values: { A: '', B: '' } },
    { text: 'OUTER\n', values: { OUTER: 'outer' } },
    { text: 'A=1\nB=${A}2\nC=$OUTER\nD=${NO:-d}', values: { A: '1', B: '12', C: 'outer', D: 'd' } },
    { text: "A='$B \\'q\\' # x'", values: { A: "$B 'q' # x" } },
    { text: 'A="l1\nl2 \\"q\\" \\$X \\t|\\x"', values: { A: 'l1\nl2 "q" $X \t|\\x' } },
    { text: 'A="\\0101" # note\nB=2', values: { A: 'A', B: '2' } },
    { text: 'a.b-c[0]=1', values: { 'a.b-c[0]': '1' } },
  ]
  for (const { text, values } of table) {
    test(`reads ${JSON.stringify(text)}`, () => {
      expect(parse(text)).toEqual({ values, lines: [] })
    })
  }

  for (const { text, line } of [
    { text: 'A=1\nB C=2', line: 2 },
    { text: '\n\n=1', line: 3 },
    { text: 'A="x\ny', line: 1 },
    { text: 'A=1\nB=${', line: 2 },
    { text: 'A%=1', line: 1 },
  ]) {
    test(`tells the line of what is wrong with ${JSON.stringify(text)}`, () => {
      expect(parse(text).lines).toEqual([line])
    })
  }

  test('throws nothing on any text', () => {
    const piece = fc.constantFrom(
      'A',
      '=',
      '"',
      "'",
      '\\',
      '\n',
      ' ',
      '#',
      '$',
      '{',
      '}',
      ':',
      'export ',
      '\0',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), pieces => parse(pieces.join('')).lines.length >= 0),
    )
  })
})
