import { expect, test } from 'vitest'
import { variableView } from '../../../src/parser/environment/variable-view.ts'

test('variableView() asks for all variables only where one is not enough', () => {
  const known = new Map([
    ['A', '1'],
    ['B', ''],
  ])
  let askedAll = 0
  const view = variableView(
    name => known.get(name),
    () => {
      askedAll++
      return known
    },
  )
  expect([view.get('A'), view.get('C'), view.has('B'), view.has('C')]).toEqual(['1', undefined, true, false])
  expect(askedAll).toBe(0)
  expect(new Map(view)).toEqual(known)
  expect([view.size, [...view.keys()], [...view.values()], [...view.entries()].length]).toEqual([
    2,
    ['A', 'B'],
    ['1', ''],
    2,
  ])
  const seen: string[] = []
  for (const [name] of view) seen.push(name)
  expect(seen).toEqual(['A', 'B'])
})
