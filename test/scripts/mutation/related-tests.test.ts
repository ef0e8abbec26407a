import { expect, test } from 'vitest'
import { relatedTests } from '../../../scripts/mutation/related-tests.ts'
import { type SourceFile, scanImports } from '../../../scripts/rules/source-file.ts'

function aFile(path: string, ...lines: readonly string[]): SourceFile {
  const text = lines.join('\n')
  return { path, text, imports: scanImports(path, text) }
}

const FILES = [
  aFile('src/app/a.ts'),
  aFile('src/app/b.ts', "import { a } from './a.ts'"),
  aFile('src/app/c.ts', "import type { A } from './a.ts'"),
  aFile('src/app/d.ts', "export const b = import('./b.ts')"),
  aFile('test/app/a.test.ts', "import { b } from '../../src/app/b.ts'"),
  aFile('test/app/b.test.ts', "import { a } from '../../src/app/a.ts'"),
  aFile('test/app/c.test.ts', "import { c } from '../../src/app/c.ts'"),
  aFile('test/app/d.test.ts', "import { d } from '../../src/app/d.ts'"),
  aFile('test/e2e/a.test.ts', "import { a } from '../../src/app/a.ts'"),
  aFile('test/base/a.test.ts', "import { a } from '../../src/app/a.ts'"),
  aFile('test/support/a.ts', "import { a } from '../../src/app/a.ts'"),
]

test('relatedTests() puts the mirrored path first, then its folder, then the nearest by imports that run', () => {
  expect(relatedTests('src/app/a.ts', FILES, 9)).toEqual([
    'test/app/a.test.ts',
    'test/app/b.test.ts',
    'test/app/d.test.ts',
    'test/base/a.test.ts',
  ])
})

test('relatedTests() puts a test with a similar name before others of its folder', () => {
  const files = [
    aFile('src/cli/up-options.ts'),
    ...['attach', 'down', 'up'].map(name =>
      aFile(`test/cli/${name}.test.ts`, "import { a } from '../../src/cli/up-options.ts'"),
    ),
  ]
  expect(relatedTests('src/cli/up-options.ts', files, 2)).toEqual([
    'test/cli/up.test.ts',
    'test/cli/attach.test.ts',
  ])
})

test('relatedTests() returns no more than requested', () => {
  expect(relatedTests('src/app/a.ts', FILES, 2)).toEqual(['test/app/a.test.ts', 'test/app/b.test.ts'])
})
