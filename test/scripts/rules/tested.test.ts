import { expect, test } from 'vitest'
import { type SourceFile, scanImports } from '../../../scripts/rules/source-file.ts'
import { checkTested } from '../../../scripts/rules/tested.ts'

function file(path: string, ...specifiers: readonly string[]): SourceFile {
  const imports = specifiers.map(specifier => `import { a } from '${specifier}'\n`).join('')
  const text = `${imports}export function a() {}\n`
  return { path, text, imports: scanImports(path, text) }
}

function untested(files: readonly SourceFile[], tests: readonly SourceFile[], elsewhere = {}) {
  return checkTested(files, tests, elsewhere).map(({ severity, place, message }) => [
    severity,
    place,
    message,
  ])
}

test('checkTested() takes the test of the same name, whatever it imports', () => {
  expect(untested([file('src/a/b.ts')], [file('test/a/b.test.ts')])).toEqual([])
})

test('checkTested() takes tests of the folder and of those above that reach a file, however far it is', () => {
  const files = [
    ...[file('src/a/load.ts', './b/one.ts'), file('src/a/b/one.ts', './two.ts')],
    ...[file('src/a/b/two.ts', './three.ts'), file('src/a/b/three.ts')],
  ]
  expect(untested(files, [file('test/a/story.test.ts', '../../src/a/load.ts')])).toEqual([])
})

test('checkTested() follows two imports of a test elsewhere, and no more', () => {
  const files = [file('src/a/one.ts', './two.ts'), file('src/a/two.ts', './three.ts'), file('src/a/three.ts')]
  expect(untested(files, [file('test/c/story.test.ts', '../../src/a/one.ts')])).toEqual([
    ['error', 'src/a/three.ts', 'No test at test/a/three.test.ts, in its folder, or within two imports'],
  ])
})

test('checkTested() takes what an import of a template may reach', () => {
  const table = file('src/a/table.ts')
  const text = `${table.text}const load = (name: string) => import(\`./parts/\${name}.ts\`)\n`
  const files = [{ ...table, text }, file('src/a/parts/one.ts'), file('src/a/parts/deep/two.ts')]
  expect(untested(files, [file('test/a/table.test.ts', '../../src/a/table.ts')])).toEqual([
    [
      'error',
      'src/a/parts/deep/two.ts',
      'No test at test/a/parts/deep/two.test.ts, in its folder, or within two imports',
    ],
  ])
})

test('checkTested() counts no import of types, and no file that only supports tests', () => {
  const importer = { path: 'test/a/c.test.ts', text: "import type { A } from '../../src/a/b.ts'\n" }
  const tests = [
    { ...importer, imports: scanImports(importer.path, importer.text) },
    file('test/a/support.ts', '../../src/a/b.ts'),
  ]
  expect(untested([file('src/a/b.ts')], tests)).toHaveLength(1)
})

test('checkTested() asks no test of types alone, or of what only starts a program', () => {
  const types = { path: 'src/a/b.ts', text: 'export interface A {}\n', imports: [] }
  expect(untested([types, file('src/a/main.ts')], [])).toEqual([])
})

test('checkTested() takes a test that runs a file elsewhere, as long as nothing nearer does', () => {
  const elsewhere = { 'src/a/b.ts': 'test/e2e/b.test.ts' }
  const e2e = file('test/e2e/b.test.ts')
  const stale = [
    ['error', 'src/a/b.ts', 'It is not for test/e2e/b.test.ts alone to run it: scripts/rules/tested.ts'],
  ]
  expect(untested([file('src/a/b.ts')], [e2e], elsewhere)).toEqual([])
  expect(untested([file('src/a/b.ts')], [file('test/a/b.test.ts'), e2e], elsewhere)).toEqual(stale)
  expect(untested([file('src/a/b.ts')], [], elsewhere)).toEqual(stale)
  expect(untested([], [e2e], elsewhere)).toEqual(stale)
})
