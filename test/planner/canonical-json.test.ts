import { expect, test } from 'vitest'
import { canonicalJson } from '../../src/planner/canonical-json.ts'

const cases: ReadonlyArray<{ readonly title: string; readonly value: unknown; readonly text: string }> = [
  {
    title: 'sorts keys at every depth',
    value: { b: { d: 1, c: 2 }, a: [] },
    text: '{"a":[],"b":{"c":2,"d":1}}',
  },
  { title: 'leaves undefined properties out', value: { a: undefined, b: null }, text: '{"b":null}' },
  {
    title: 'writes a Map as sorted entries',
    value: new Map([
      ['b', 1],
      ['a', 2],
    ]),
    text: '[["a",2],["b",1]]',
  },
  { title: 'keeps an undefined value of a Map', value: new Map([['a', undefined]]), text: '[["a",null]]' },
  { title: 'sorts a Set', value: new Set(['b', 'a']), text: '["a","b"]' },
  { title: 'writes undefined as null', value: undefined, text: 'null' },
]
for (const { title, value, text } of cases) {
  test(`canonicalJson() ${title}`, () => {
    expect(canonicalJson(value)).toBe(text)
  })
}
