import { expect, test } from 'vitest'
import { DEFAULT_PATH, programCandidates } from '../../../src/runtime/launch/program-candidates.ts'

for (const { program, environment, candidates } of [
  { program: '/bin/sh', environment: ['PATH=/x'], candidates: ['/bin/sh'] },
  { program: 'bin/sh', environment: [], candidates: ['bin/sh'] },
  { program: 'sh', environment: ['PATH=/a:/b/:'], candidates: ['/a/sh', '/b/sh', './sh'] },
  { program: 'sh', environment: [], candidates: DEFAULT_PATH.split(':').map(folder => `${folder}/sh`) },
]) {
  test(`programCandidates() finds ${program} with ${environment}`, () => {
    expect(programCandidates(program, environment)).toEqual(candidates)
  })
}
