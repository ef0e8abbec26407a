import { join } from 'node:path'
import { expect, test } from 'vitest'
import { preflight } from '../../../../src/engine/local/apply/preflight.ts'
import { aPlan, aStart, aStop } from '../../../support/plan-builders.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

test('preflight() tells that the keeper is missing where a plan starts containers, and only there', () => {
  using folder = temporaryFolder()
  const roots = { data: folder.path, run: folder.path }
  const programs = { keeper: join(folder.path, 'keeper'), supervisor: [], filters: folder.path }
  const problems = preflight({ roots, programs, plan: aPlan([aStart(1, 'web'), aStart(2, 'db')]) })
  expect(problems.map(({ code }) => code)).toEqual(['not-built'])
  expect(preflight({ roots, programs, plan: aPlan([aStop(1, 'shop-web-1')]) })).toEqual([])
})
