import { expect, test } from 'vitest'
import { plainProse } from '../../../src/cli/views/plain-prose.ts'

const SECTION = 'TC1 name\n\none two\nthree [four](x.md)\n\n- a\n- b\n\n**Do:** this\n'

test('plainProse() fills paragraphs and keeps lists', () => {
  expect(plainProse(SECTION, { isColored: false, width: 80 })).toBe(
    'TC1 name\n\none two three four\n\n- a\n- b\n\nDo: this\n',
  )
  expect(plainProse('H\n\naa bb cc', { isColored: false, width: 5 })).toBe('H\n\naa bb\ncc\n')
})

test('plainProse() makes strong words bold', () => {
  expect(plainProse('H\n\n**Do:** it', { isColored: true, width: 80 })).toBe(
    '\u001b[1mH\u001b[0m\n\n\u001b[1mDo:\u001b[0m it\n',
  )
})
