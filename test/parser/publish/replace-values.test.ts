import { expect, test } from 'vitest'
import { replaceValues } from '../../../src/parser/publish/replace-values.ts'

/** `1:4-2:9`. */
function at(text: string) {
  const [line = 0, column = 0, endLine = 0, endColumn = 0] = text.split(/[:-]/).map(Number)
  return { file: 'f', line, column, endLine, endColumn }
}

test('replaceValues() touches nothing but the values, in whatever order they are given', () => {
  const text = 'a: "one"  # first\r\nb: [two, 3]\n'
  const replaced = replaceValues(text, [
    { span: at('2:5-2:8'), by: 'zwei' },
    { span: at('1:4-1:9'), by: 'eins' },
    { span: at('2:5-2:8'), by: 'zwei' },
  ])
  expect(replaced).toBe('a: eins  # first\r\nb: [zwei, 3]\n')
})

test('replaceValues() replaces a value of several lines, and one behind other letters', () => {
  expect(replaceValues('ü: 😀\nk: "x\n  y" # z\n', [{ span: at('2:4-3:5'), by: 'v' }])).toBe(
    'ü: 😀\nk: v # z\n',
  )
})
