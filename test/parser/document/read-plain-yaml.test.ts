import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parse, stringify } from 'yaml'
import { readAnyYaml } from '../../../src/parser/document/read-any-yaml.ts'
import { readPlainYaml } from '../../../src/parser/document/read-plain-yaml.ts'
import { SourceText } from '../../../src/parser/document/source-text.ts'
import { readCorpus } from '../../corpus/read-corpus.ts'
import { arbitraryComposeText } from '../../support/arbitrary-compose.ts'

const ORDINARY: Readonly<Record<string, string>> = {
  'maps in maps': 'services:\n  web:\n    image: nginx\n  db: {image: redis}\n',
  'a list below its key': 'a:\n- 1\n- 2\nb:\n  - c\n',
  'maps in lists': 'a:\n  - b: 1\n    c:\n      d: 2\n  -\n    e: 3\n  - f\n',
  'comments and empty lines': '# top\n\na: # of a\n  # inside\n  b: 1 # one\n\n   # odd\n# end\nc: d#e\n',
  'keys without a value': 'a:\nb:\n  c:\n# x\nd:   \n',
  'quoted texts': `a: "x # y"\nb: 'it''s' # c\nc: "say \\"hi\\" \\\\"\nd: ["a", 'b']\n`,
  'flow collections': 'a: [x, 1, [y, {b: c, d: [ ]}], {} ]\nb: {c: "d", e: f g}\n',
  'flow collections on several lines': 'a: [\n    b,\n    c\n  ]\nd:\n  e: {\n    f: g }\n',
  'truth values, null and numbers':
    'a: true\nb: FALSE\nc: ~\nd: null\ne: 5\nf: -1.50\ng: 0123\nh: yes\ni: 1.2.3\nj: 80:80\nk: +7\nl: .5x\n',
  'variables and signs': 'a: ${X:-y}/z\nb: $X\nc: --flag\nd: <x\ne: ./p:/q:ro\nf: =\ng: (a)\n',
  'letters of the world': 'a: Grüße, 世界 🎉\n# ключ\nb: ["é"]\n',
  'no end of line': 'a: b',
}

const NOT_PLAIN: Readonly<Record<string, string>> = {
  'an anchor': 'a: &x 1\n',
  'an alias': 'a: *x\n',
  'a merge key': 'a:\n  <<: {}\n',
  'a tag': 'a: !reset 1\n',
  'a block text': 'a: |\n  b\n',
  'a folded text': 'a: >-\n  b\n',
  'a text of two lines': 'a: b\n  c\n',
  'a quoted text of two lines': 'a: "b\n  c"\n',
  'an escape': 'a: "\\n"\n',
  'a tab': 'a:\tb\n',
  'a carriage return': 'a: b\r\n',
  'a byte order mark': '\ufeffa: b\n',
  'a document mark': '---\na: b\n',
  'two documents': 'a: b\n---\nc: d\n',
  'a directive': '%YAML 1.2\n---\na: b\n',
  'a quoted key': '"a": b\n',
  'a key that is a number': '1: b\n',
  'a key that is a truth value': 'true: b\n',
  'a key that stands twice': 'a: 1\na: 2\n',
  'an explicit key': '? a\n: b\n',
  'a key in a text': 'a: b: c\n',
  'a text that ends in a colon': 'a: b:\n',
  'a text behind a quote': 'a: "b" c\n',
  'a list without a key': '- a\n',
  'a list in a line of a list': 'a:\n  - - b\n',
  'an empty entry': 'a:\n  -\n  - b\n',
  'an indented top': '  a: b\n',
  'a line too deep': 'a: b\n    c: d\n',
  'a line too high': 'a:\n    b: c\n  d: e\n',
  'a list that is not closed': 'a: [b\n',
  'a list with nothing between commas': 'a: [b,,c]\n',
  'a list with a comma at its end': 'a: [b, ]\n',
  'a pair in a list': 'a: [b: c]\n',
  'a flow collection that is not indented': 'a: [\nb]\n',
  'a plain text that begins with an indicator': 'a: @b\n',
  nothing: '',
  'a comment alone': '# a\n',
}

function bothOf(text: string) {
  const source = new SourceText('compose.yaml', text)
  return { plain: readPlainYaml(source), any: readAnyYaml(source) }
}

/** Where the quick reader reads a text, it must be the one document that the YAML reader makes of it. */
function expectAlike(text: string): void {
  const { plain, any } = bothOf(text)
  if (plain === undefined) return
  expect(any).toEqual({ documents: [plain], aliasPaths: new Map(), diagnostics: [] })
}

describe('readPlainYaml()', () => {
  for (const [name, text] of Object.entries(ORDINARY)) {
    test(`reads ${name} as the YAML reader does`, () => {
      const { plain, any } = bothOf(text)
      expect(any.documents).toEqual([plain])
    })
  }

  for (const [name, text] of Object.entries(NOT_PLAIN)) {
    test(`leaves ${name} to the YAML reader`, () => {
      expect(bothOf(text).plain).toBeUndefined()
    })
  }

  test('leaves texts without end to the YAML reader', () => {
    const long = 'x'.repeat(10_000_000)
    for (const text of [long, `"${long}"`, `'${long}'`, `[${long}]`, `${'x '.repeat(1_000_000)}`]) {
      expect(bothOf(`a: ${text}`).plain).toBeUndefined()
    }
  })

  test('leaves nesting without end to the YAML reader', () => {
    expect(bothOf(`a: ${'['.repeat(10_000)}`).plain).toBeUndefined()
    const lines = Array.from({ length: 500 }, (_, depth) => `${' '.repeat(depth)}a:`)
    expect(bothOf(lines.join('\n')).plain).toBeUndefined()
  })

  test('agrees with the YAML reader about every file of the corpus', () => {
    for (const { project } of readCorpus()) Object.values(project.files).forEach(expectAlike)
  })

  test('agrees with the YAML reader about generated files, as blocks and as flow', () => {
    let readCount = 0
    const layout = fc.record({
      indent: fc.constantFrom(2, 4),
      indentSeq: fc.boolean(),
      singleQuote: fc.boolean(),
    })
    fc.assert(
      fc.property(arbitraryComposeText, layout, fc.boolean(), (file, options, isFlow) => {
        const text = stringify(parse(file), { ...options, ...(isFlow ? { collectionStyle: 'flow' } : {}) })
        if (bothOf(text).plain !== undefined) readCount++
        expectAlike(text)
      }),
    )
    expect(readCount).toBeGreaterThan(20)
  })

  test('agrees with the YAML reader about texts with something put in or taken out', () => {
    const texts = [...Object.values(ORDINARY), ...Object.values(NOT_PLAIN)]
    const change = fc.record({
      text: fc.constantFrom(...texts),
      at: fc.nat(60),
      taken: fc.nat(2),
      put: fc.constantFrom(
        '',
        ' ',
        '  ',
        '\n',
        '\n  ',
        '-',
        '- ',
        ':',
        ': ',
        '#',
        ' #',
        '"',
        "'",
        ...'[]{},|&*!~a1.?%@',
      ),
    })
    fc.assert(
      fc.property(change, ({ text, at, taken, put }) => {
        expectAlike(text.slice(0, at) + put + text.slice(at + taken))
      }),
      { numRuns: 2000 },
    )
  })
})
