import { expect, test } from 'vitest'
import { codeOnly, scanImports } from '../../../scripts/rules/source-file.ts'

const statements: ReadonlyArray<{
  readonly text: string
  readonly specifier: string
  readonly typeOnly: boolean
}> = [
  { text: "import { a } from './b.ts'", specifier: './b.ts', typeOnly: false },
  { text: "import type { A } from './b.ts'", specifier: './b.ts', typeOnly: true },
  { text: "import {\n  a,\n  type B,\n} from '../c/d.ts'", specifier: '../c/d.ts', typeOnly: false },
  { text: "import * as a from 'node:fs'", specifier: 'node:fs', typeOnly: false },
  { text: "import './side.ts'", specifier: './side.ts', typeOnly: false },
  { text: "export { a } from './b.ts'", specifier: './b.ts', typeOnly: false },
  { text: "export type { A } from './b.ts'", specifier: './b.ts', typeOnly: true },
  { text: "const a = await import('./late.ts')", specifier: './late.ts', typeOnly: false },
]
for (const { text, specifier, typeOnly } of statements) {
  test(`scanImports() finds ${specifier} in ${JSON.stringify(text)}`, () => {
    expect(scanImports('src/x/y.ts', text)).toEqual([expect.objectContaining({ specifier, typeOnly })])
  })
}

test('scanImports() resolves relative paths against the file and leaves packages alone', () => {
  const text = "import a from '../base/a.ts'\nimport b from 'yaml'\n"
  expect(scanImports('src/model/b.ts', text).map(({ target, line }) => [target, line])).toEqual([
    ['src/base/a.ts', 1],
    [undefined, 2],
  ])
})

test('scanImports() does not read the comment of an import', () => {
  expect(scanImports('src/a.ts', "/** Takes\n * import { a } from './b.ts'\n */\nconst c = 1\n")).toEqual([])
})

test('codeOnly() blanks comments and strings and keeps every position', () => {
  const text = "const a = 'Date.now()' // Date.now()\n/* process.pid */ b"
  expect(codeOnly(text)).toBe(`const a =${' '.repeat(27)}\n${' '.repeat(18)}b`)
})
