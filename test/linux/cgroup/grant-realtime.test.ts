import { expect, test } from 'vitest'
import { grantRealtime, returnRealtime } from '../../../src/linux/cgroup/grant-realtime.ts'
import { fakeCgroupFiles } from '../../support/fake-cgroup-files.ts'

const runtime = 'cpu.rt_runtime_us'
const period = 'cpu.rt_period_us'

test('grantRealtime() adds what a group wants to what its neighbours have, in the period of each group', () => {
  const files = fakeCgroupFiles({
    [`/cg/${runtime}`]: '950000\n',
    [`/cg/batch/${runtime}`]: '50000\n',
    [`/cg/batch/${period}`]: '500000\n',
    [`/cg/batch/old/${runtime}`]: '100000\n',
    [`/cg/batch/own/${runtime}`]: '0\n',
  })
  grantRealtime('/cg/batch/own', { runtime: 9000, period: 100_000 }, { mountPoint: '/cg', files })
  expect(files.log).toEqual([`write /cg/batch/${runtime} 95000`])
})

test.for(['-1\n', '950000\n'])('grantRealtime() leaves a group above that has %j', has => {
  const files = fakeCgroupFiles({ [`/cg/batch/${runtime}`]: has, [`/cg/batch/own/${runtime}`]: '0\n' })
  grantRealtime('/cg/batch/own', { runtime: 9000, period: 100_000 }, { mountPoint: '/cg', files })
  expect(files.log).toEqual([])
})

test('returnRealtime() writes only where there is something to give back', () => {
  const files = fakeCgroupFiles({ [`/cg/a/${runtime}`]: '9000\n', [`/cg/b/${runtime}`]: '0\n' })
  for (const folder of ['/cg/a', '/cg/b', '/cg/none']) returnRealtime(folder, files)
  expect(files.log).toEqual([`write /cg/a/${runtime} 0`])
})
