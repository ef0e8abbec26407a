import { describe, expect, test } from 'vitest'
import { plainValue } from '../../../src/parser/document/plain-value.ts'
import { readAnyYaml } from '../../../src/parser/document/read-any-yaml.ts'
import { SourceText } from '../../../src/parser/document/source-text.ts'

function read(text: string) {
  const { documents, diagnostics } = readAnyYaml(new SourceText('compose.yaml', text))
  return {
    values: documents.map(plainValue),
    problems: diagnostics.map(({ message, span }) => `${span?.line}:${span?.column} ${message}`),
  }
}

describe('readAnyYaml()', () => {
  for (const { text, value } of [
    { text: 'a: !!float 1\nb: !!float 2.5\nc: 1\n', value: { a: 1, b: 2.5, c: 1 } },
    { text: 'x: &a {i: 1}\ny: {!!merge <<: *a, j: 2}\n', value: { x: { i: 1 }, y: { j: 2, i: 1 } } },
    { text: 'a: "one\ntwo"\nb: 1\n', value: { a: 'one two', b: 1 } },
    { text: "a:\n  b: 'it''s\non'\n", value: { a: { b: "it's on" } } },
    {
      text: 'a:\n  - "one\\\n two\n\nthree # x"\n  - ["p", "q\nr"]\n',
      value: { a: ['onetwo\nthree # x', ['p', 'q r']] },
    },
  ]) {
    test(`reads ${JSON.stringify(text)} as go-yaml does`, () => {
      expect(read(text)).toEqual({ values: [value], problems: [] })
    })
  }

  test('keeps the places of what follows a text that continues in column 1', () => {
    const { documents } = readAnyYaml(new SourceText('compose.yaml', 'a:\n  b: "x\ny"\n  c: 1\n'))
    const a = documents[0]?.entries.get('a')?.value
    expect(a?.kind === 'map' && a.entries.get('c')?.value.span).toMatchObject({ line: 4, column: 6 })
  })

  for (const { text, problem } of [
    { text: 'a: "x\nb: "y"\n', problem: '1:6 Cannot read YAML: missing closing "quote' },
    { text: 'a: !!float x\n', problem: '1:4 Cannot read YAML: this tag is unknown' },
    { text: 'a: !mine x\n', problem: '1:4 Cannot read YAML: this tag is unknown' },
  ]) {
    test(`refuses ${JSON.stringify(text)} where it is broken`, () => {
      expect(read(text).problems).toContain(problem)
    })
  }
})
