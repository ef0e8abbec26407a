import { availableParallelism } from 'node:os'
import { expect, test } from 'vitest'
import { limitProblems } from '../../../../src/engine/local/container/limit-problems.ts'
import { serviceOf } from '../../../support/memory-project.ts'

const CPUS = availableParallelism()

for (const { yaml, problems } of [
  { yaml: 'mem_limit: 6m', problems: [] },
  { yaml: 'mem_limit: 0', problems: [] },
  { yaml: 'init: true', problems: [] },
  {
    yaml: 'mem_limit: 512',
    problems: ['Cannot limit the memory of service "web" to 512B, expected 6MiB or more'],
  },
  { yaml: `cpus: ${CPUS}`, problems: [] },
  {
    yaml: `cpus: ${CPUS}.5`,
    problems: [`Cannot give service "web" ${CPUS}.5 CPUs: this machine has ${CPUS}`],
  },
]) {
  test(`limitProblems() finds ${problems.length} for ${yaml}`, () => {
    expect(limitProblems(serviceOf(yaml)).map(({ message }) => message)).toEqual(problems)
  })
}
