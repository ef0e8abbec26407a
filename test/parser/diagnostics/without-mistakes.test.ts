import { expect, test } from 'vitest'
import { withoutMistakes } from '../../../src/parser/diagnostics/without-mistakes.ts'
import { plainValue } from '../../../src/parser/document/plain-value.ts'
import { readYaml } from '../../../src/parser/document/read-yaml.ts'

const TEXT = `a:
  list: [one, two]
  map: {x: 1, y: 2}
b: 3
`

/** Returns what is left if the mistake is the first occurrence of `words`, which are on one line. */
function leftWithout(words: string): unknown {
  const [root] = readYaml('f', TEXT).documents
  if (root?.kind !== 'map') throw new Error('the text is a map')
  const lines = TEXT.split('\n')
  const index = lines.findIndex(line => line.includes(words))
  const column = (lines[index] ?? '').indexOf(words) + 1
  const span = { file: 'f', line: index + 1, column, endLine: index + 1, endColumn: column + words.length }
  return plainValue(withoutMistakes(root, [span]))
}

test.each([
  { what: 'an item', words: 'two', left: { a: { list: ['one'], map: { x: 1, y: 2 } }, b: 3 } },
  { what: 'a part of a scalar', words: 'wo', left: { a: { list: ['one'], map: { x: 1, y: 2 } }, b: 3 } },
  { what: 'a value', words: '1', left: { a: { list: ['one', 'two'], map: { y: 2 } }, b: 3 } },
  { what: 'a key', words: 'map', left: { a: { list: ['one', 'two'] }, b: 3 } },
  { what: 'a whole value', words: '[one, two]', left: { a: { map: { x: 1, y: 2 } }, b: 3 } },
  { what: 'the key of all', words: 'a', left: { b: 3 } },
])('withoutMistakes() leaves out what $what belongs to, and nothing else', ({ words, left }) => {
  expect(leftWithout(words)).toEqual(left)
})
