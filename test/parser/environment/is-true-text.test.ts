import { expect, test } from 'vitest'
import { isTrueText } from '../../../src/parser/environment/is-true-text.ts'

for (const text of ['1', 't', 'T', 'true', 'True', 'TRUE', 'y', 'yes', 'on', ' 1 ']) {
  test(`isTrueText() takes ${JSON.stringify(text)} for true`, () => {
    expect(isTrueText(text)).toBe(true)
  })
}

for (const text of [undefined, '', '0', 'f', 'False', 'no', 'off', '2', 'truth']) {
  test(`isTrueText() takes ${JSON.stringify(text)} for false`, () => {
    expect(isTrueText(text)).toBe(false)
  })
}
