import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import type { Baseline } from '../../../scripts/mutation/baseline.ts'
import type { Mutant } from '../../../scripts/mutation/find-mutants.ts'
import { mutantTable } from '../../../scripts/mutation/mutant-table.ts'
import { alterable } from '../../../scripts/mutation/scratch-tree.ts'
import { tryMutant } from '../../../scripts/mutation/try-mutant.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const PACKAGES = resolve(import.meta.dirname, '../../../node_modules')
const SOURCE = 'export const isAdult = (age: number): boolean => age >= 18\n'
const FILES = {
  'package.json': '{"type": "module"}',
  'vitest.config.js':
    "export default { test: { projects: [{ test: { name: 'unit', include: ['*.test.ts'] } }] } }",
  'source.ts': SOURCE,
  'source.test.ts': `
import { expect, test } from 'vitest'
import { isAdult } from './source.ts'
test('isAdult()', () => expect(isAdult(18)).toBe(true))
`,
}

function aMutant(text: string): Mutant {
  return { path: 'source.ts', line: 1, operator: 'compare', before: 'a', after: 'b', text }
}

test('tryMutant() reports which mutants the tests find, and restores the file', async () => {
  using folder = temporaryFolder()
  mkdirSync(join(folder.path, 'node_modules'))
  for (const name of ['vitest', 'vite'])
    symlinkSync(join(PACKAGES, name), join(folder.path, 'node_modules', name))
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(folder.path, name), text)
  const baseline: Baseline = new Map([['source.test.ts', 100]])
  const trial = { tree: alterable(folder.path), baseline, tests: ['failing.test.ts', 'source.test.ts'] }
  const verdicts = [
    await tryMutant(aMutant(SOURCE.replace('>=', '>')), trial),
    await tryMutant(aMutant(SOURCE.replace('18', '17')), trial),
    await tryMutant(aMutant(SOURCE), { ...trial, tests: ['failing.test.ts'] }),
  ]
  expect(verdicts.map(({ end }) => end)).toEqual(['failed', 'passed', 'no-tests'])
  expect(readFileSync(join(folder.path, 'source.ts'), 'utf8')).toBe(SOURCE)
  expect(mutantTable(verdicts).split('\n')).toEqual([
    'source.ts:1 compare: a -> b',
    'source.ts:1 compare: a -> b  (no test)',
    '3 mutants: 1 found (0 by their slowness), 2 survived',
  ])
})
