import { expect, test } from 'vitest'
import { checkPurity } from '../../../scripts/rules/purity.ts'

const cases: ReadonlyArray<{ readonly text: string; readonly pure: boolean }> = [
  { text: 'const now = Date.now()', pure: false },
  { text: 'const now = new Date()', pure: false },
  { text: 'const id = Math.random()', pure: false },
  { text: 'const home = process.env', pure: false },
  { text: 'const line = record.process.name', pure: true },
  { text: '// Date.now() is forbidden here', pure: true },
  { text: "const text = 'process.env'", pure: true },
  { text: 'const size = Math.floor(1.5)', pure: true },
]
for (const { text, pure } of cases) {
  test(`checkPurity() ${pure ? 'accepts' : 'refuses'} ${text}`, () => {
    expect(checkPurity([{ path: 'src/planner/a.ts', text, imports: [] }])).toHaveLength(pure ? 0 : 1)
  })
}

test('checkPurity() leaves the engine alone', () => {
  expect(checkPurity([{ path: 'src/engine/a.ts', text: 'Date.now()', imports: [] }])).toEqual([])
})
