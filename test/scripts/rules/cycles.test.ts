import { expect, test } from 'vitest'
import { checkCycles } from '../../../scripts/rules/cycles.ts'
import { type SourceFile, scanImports } from '../../../scripts/rules/source-file.ts'

function file(path: string, ...specifiers: readonly string[]): SourceFile {
  const text = specifiers.map(specifier => `import { a } from '${specifier}'`).join('\n')
  return { path, text, imports: scanImports(path, text) }
}

test('checkCycles() names the files of a cycle', () => {
  const files = [file('src/a.ts', './b.ts'), file('src/b.ts', './c.ts'), file('src/c.ts', './a.ts')]
  expect(checkCycles(files).map(({ message }) => message)).toEqual([
    'Import cycle: src/a.ts -> src/b.ts -> src/c.ts -> src/a.ts',
  ])
})

test('checkCycles() accepts two ways to the same file', () => {
  const files = [file('src/a.ts', './b.ts', './c.ts'), file('src/b.ts', './c.ts'), file('src/c.ts')]
  expect(checkCycles(files)).toEqual([])
})
