import { expect, test } from 'vitest'
import { findExcerpt, readExcerpt } from '../../src/local/excerpt.ts'

const ANSWERS = [
  'text a: "one line"\nblock: |\n    first\n\n      deeper\n    last\nother: >\n  folded\n  text\n',
  'set from a variable',
]

test.for([
  ['', 0],
  ['one line', 1],
  ['from a variable', 1],
  ['first\n\n  deeper\nlast\n', 4],
  ['first\n\n  deeper\nlast', 4],
])('findExcerpt() finds %j, and readExcerpt() returns it', ([content, pieces]) => {
  const excerpt = findExcerpt(String(content), ANSWERS)
  expect(excerpt).toHaveLength(Number(pieces))
  expect(excerpt && readExcerpt(excerpt, ANSWERS)).toBe(content)
})

test.for(['folded text\n', 'line of none', 'first\nlast\n', 'one line\n\n\n'])(
  'findExcerpt() finds no %j',
  content => {
    expect(findExcerpt(content, ANSWERS)).toBeUndefined()
  },
)
