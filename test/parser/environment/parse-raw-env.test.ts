import { describe, expect, test } from 'vitest'
import { parseRawEnv } from '../../../src/parser/environment/parse-raw-env.ts'

function parse(text: string) {
  const { value, diagnostics } = parseRawEnv({
    file: 'raw',
    text,
    lookup: name => (name === 'OUTER' ? 'outer' : undefined),
  })
  return {
    values: Object.fromEntries(value),
    problems: diagnostics.map(({ span, message }) => `${span?.line}: ${message}`),
  }
}

describe('parseRawEnv()', () => {
  for (const { text, values } of [
    { text: 'A="x" # y\n#B=1\nC=$D\r\n', values: { A: '"x" # y', C: '$D' } },
    { text: '\uFEFF  A= x \n\n  # note\nB=', values: { A: ' x ', B: '' } },
    { text: 'OUTER\nUNSET\nA=1', values: { OUTER: 'outer', A: '1' } },
  ]) {
    test(`reads ${JSON.stringify(text)}`, () => {
      expect(parse(text)).toEqual({ values, problems: [] })
    })
  }

  test('refuses a line without a name and a name with a space', () => {
    expect(parse('A=1\n=x\nB C=2\nD =3')).toEqual({
      values: { A: '1' },
      problems: [
        '2: Cannot read variable name "": the name is missing',
        '3: Cannot read variable name "B C": a name cannot contain a space',
        '4: Cannot read variable name "D ": a name cannot contain a space',
      ],
    })
  })
})
