import { availableParallelism } from 'node:os'
import { expect, test } from 'vitest'
import { discardedLimits, limitProblems } from '../../../../src/engine/local/container/limit-problems.ts'
import { fakeCgroupFiles } from '../../../support/fake-cgroup-files.ts'
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

for (const [path, reason] of [
  ['/dev/tc-missing', 'it does not exist'],
  ['/dev/null', 'it is no block device'],
] as const) {
  test(`limitProblems() finds that ${path} cannot be limited`, () => {
    const service = serviceOf(`blkio_config: {device_read_bps: [{path: ${path}, rate: 1m}]}`)
    const cgroups = () =>
      ({ kind: 'v1', hierarchies: [{ mountPoint: '/b', controllers: ['blkio'] }] }) as const
    const found = limitProblems(service, { cgroups, files: fakeCgroupFiles({}) })
    expect(found).toMatchObject([
      {
        message: `Cannot limit device "${path}" of service "web": ${reason}`,
        origin: 'services.web.blkio_config',
      },
    ])
  })
}

test('limitProblems() names what the control groups of the machine do not have', () => {
  const service = serviceOf('blkio_config: {weight: 300}\ncpu_rt_runtime: 5')
  const cgroups = () => ({ kind: 'v2', mountPoint: '/cg' }) as const
  expect(
    limitProblems(service, { cgroups, files: fakeCgroupFiles({}) }).map(({ message }) => message),
  ).toEqual([
    'Cannot limit block devices of service "web": the host has no io controller',
    'Cannot limit real-time of service "web": control groups of version 2 have no real-time limits',
  ])
})

test('discardedLimits() warns of what only control groups of version 1 have', () => {
  const service = serviceOf('mem_swappiness: 5\noom_kill_disable: true')
  const why = 'control groups of version 2 have no such setting'
  expect(discardedLimits(service, { kind: 'v2', mountPoint: '/cg' })).toEqual([
    `Ignoring "mem_swappiness" of service "web": ${why}`,
    `Ignoring "oom_kill_disable" of service "web": ${why}`,
  ])
  expect(discardedLimits(service, { kind: 'v1', hierarchies: [] })).toHaveLength(1)
  const limited = serviceOf('mem_swappiness: 5\noom_kill_disable: true\nmem_limit: 64m')
  expect(discardedLimits(limited, { kind: 'v1', hierarchies: [] })).toEqual([])
})
