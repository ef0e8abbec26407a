import { expect, test } from 'vitest'
import { findMutants } from '../../../scripts/mutation/find-mutants.ts'

/** Returns the replacements in the mutants of `text`, by operator. */
function mutantsOf(text: string): readonly string[] {
  return findMutants('src/a.ts', text).map(({ operator, text: mutant }) => `${operator}: ${mutant}`)
}

const cases: ReadonlyArray<{ readonly text: string; readonly mutants: readonly string[] }> = [
  { text: 'if (a) b', mutants: ['negate: if (!(a)) b', 'drop: if (a) {}'] },
  { text: 'while (a) {}', mutants: ['negate: while (!(a)) {}'] },
  { text: 'export const c = a ? b : d', mutants: ['negate: export const c = !(a) ? b : d'] },
  { text: 'throw a', mutants: ['drop: {}'] },
  { text: 'export const c = a < b', mutants: ['compare: export const c = ((a) <= (b))'] },
  { text: 'export const c = a && b', mutants: ['logical: export const c = ((a) || (b))'] },
  { text: 'export const c = a ?? b', mutants: ['logical: export const c = ((a) && (b))'] },
  { text: 'export const c = a.filter(b)', mutants: ['drop-call: export const c = a'] },
  { text: 'export const c = 7', mutants: ['literal: export const c = 8'] },
  { text: 'export const c = true', mutants: ['literal: export const c = false'] },
  { text: "export const c = 'x'", mutants: ["literal: export const c = ''"] },
  { text: "export const c = ''", mutants: ["literal: export const c = 'mutant'"] },
  {
    text: 'function f() { a; return b }',
    mutants: ['return: function f() { return; a; return b }', 'drop: function f() { {} return b }'],
  },
  { text: 'export const f = (a: number): number => { return a }', mutants: [] },
]
for (const { text, mutants } of cases) {
  test(`findMutants() makes ${mutants.length} of "${text}"`, () => expect(mutantsOf(text)).toEqual(mutants))
}

for (const text of [
  "import { a } from './a.ts'",
  "export { a } from './a.ts'",
  "export type A = 'a' | 1",
  "export const f = () => import('./a.ts')",
  "export const c = { 'a-b': c }",
  "export const c = { kind: 'a' }",
  "export const c = a as 'b'",
  "export const c = 'Cannot do this'",
]) {
  test(`findMutants() leaves "${text}" alone`, () => expect(mutantsOf(text)).toEqual([]))
}

test('findMutants() leaves words that are compared to the compiler', () => {
  expect(mutantsOf("export const c = a === 'b'")).toEqual(["compare: export const c = ((a) !== ('b'))"])
})

test('findMutants() names the position and the text, whatever comes before', () => {
  const text = "// 日本 🚢\nexport const a = 'é'\nexport const b = 1\n"
  expect(findMutants('src/a.ts', text).map(({ text: _, ...place }) => place)).toEqual([
    { path: 'src/a.ts', line: 2, operator: 'literal', before: "'é'", after: "''" },
    { path: 'src/a.ts', line: 3, operator: 'literal', before: '1', after: '2' },
  ])
})
