import { expect, test } from 'vitest'
import { eldestOf } from './process-of-project.ts'

test('eldestOf() returns the process that none of the others has forked, wherever its pid is', () => {
  const parents = new Map([
    ['120', '31000'],
    ['31000', '1'],
  ])
  expect(eldestOf(['120', '31000'], pid => parents.get(pid))).toBe('31000')
})

test('eldestOf() leaves out a fork that has ended meanwhile', () => {
  const parents = new Map([['31000', '1']])
  expect(eldestOf(['120', '31000'], pid => parents.get(pid))).toBe('31000')
  expect(eldestOf(['120'], () => undefined)).toBeUndefined()
})
