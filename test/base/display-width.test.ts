import { expect, test } from 'vitest'
import { displayWidth, firstColumns, lastColumns, padColumns } from '../../src/base/display-width.ts'

for (const [what, text, width] of [
  ['nothing', '', 0],
  ['ASCII', 'abc', 3],
  ['ideographs', '日本', 4],
  ['hiragana', 'ひらがな', 8],
  ['syllables of Hangul', '한글', 4],
  ['a syllable of Hangul in three letters', '\u1112\u1161\u11ab', 2],
  ['a fullwidth letter', 'ａ', 2],
  ['halfwidth katakana with a sound mark', '\uff76\uff9e', 2],
  ['an ideograph of plane 2', '\u{20000}', 2],
  ['an ambiguous letter', 'α', 1],
  ['two marks on one letter', 'e\u0301\u0301', 1],
  ['a mark alone', '\u0301', 0],
  ['a zero-width space', 'a\u200bb', 2],
  ['an emoji', '🐳', 2],
  ['an emoji with a colour of skin', '👍🏽', 2],
  ['a family joined by zero-width joiners', '👩‍👩‍👧', 2],
  ['a flag', '🇯🇵', 2],
  ['a symbol', '❤', 1],
  ['a symbol asked to be an emoji', '❤\ufe0f', 2],
  ['a keycap', '1\ufe0f\u20e3', 2],
  ['a check mark, an ellipsis and a spinner', '✔…⠋', 3],
] as const) {
  test(`displayWidth() counts ${what} as ${width}`, () => {
    expect(displayWidth(text)).toBe(width)
  })
}

test('padColumns() fills up by columns', () => {
  expect(padColumns('ab', 5)).toBe('ab   ')
  expect(padColumns('日本', 5)).toBe('日本 ')
  expect(padColumns('日本', 3)).toBe('日本')
})

test('firstColumns() and lastColumns() cut no grapheme in two', () => {
  expect(firstColumns('abcdef', 3)).toBe('abc')
  expect(lastColumns('abcdef', 3)).toBe('def')
  expect(firstColumns('日本語', 5)).toBe('日本')
  expect(lastColumns('日本語', 5)).toBe('本語')
  expect(firstColumns('e\u0301👩‍👩‍👧x', 3)).toBe('e\u0301👩‍👩‍👧')
  expect(lastColumns('x👩‍👩‍👧', 2)).toBe('👩‍👩‍👧')
  expect(lastColumns('x👩‍👩‍👧', 1)).toBe('')
})

test('firstColumns() and lastColumns() of no columns are empty', () => {
  for (const columns of [0, -1]) {
    expect(firstColumns('ab', columns)).toBe('')
    expect(lastColumns('ab', columns)).toBe('')
    expect(firstColumns('日', columns)).toBe('')
    expect(lastColumns('日', columns)).toBe('')
  }
})
