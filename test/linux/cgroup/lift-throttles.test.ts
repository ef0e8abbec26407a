import { expect, test } from 'vitest'
import { liftThrottles } from '../../../src/linux/cgroup/lift-throttles.ts'
import { fakeCgroupFiles } from '../../support/fake-cgroup-files.ts'

test('liftThrottles() takes each rate of v1 from its device, and writes to no other file', () => {
  const files = fakeCgroupFiles({
    '/cg/blkio/g/blkio.throttle.write_bps_device': '8:0 1048576\n8:16 5\n',
    '/cg/blkio/g/blkio.throttle.read_iops_device': '8:0 10\n',
    '/cg/blkio/g/blkio.throttle.read_bps_device': '',
    '/cg/blkio/g/blkio.weight': '500',
  })
  liftThrottles({ version: 1, folders: ['/cg/memory/g', '/cg/blkio/g'] }, files)
  expect(files.log).toEqual([
    'write /cg/blkio/g/blkio.throttle.write_bps_device 8:0 0',
    'write /cg/blkio/g/blkio.throttle.write_bps_device 8:16 0',
    'write /cg/blkio/g/blkio.throttle.read_iops_device 8:0 0',
  ])
})

test('liftThrottles() takes all rates of v2 at once', () => {
  const files = fakeCgroupFiles({ '/cg/g/io.max': '8:0 rbps=max wbps=1048576 riops=max wiops=max\n' })
  liftThrottles({ version: 2, folders: ['/cg/g'] }, files)
  expect(files.log).toEqual(['write /cg/g/io.max 8:0 rbps=max wbps=max riops=max wiops=max'])
})

test('liftThrottles() leaves a group that is gone', () => {
  const files = fakeCgroupFiles({ '/cg/g/io.max': '8:0 rbps=1 wbps=max riops=max wiops=max\n' }, ['io.max'])
  liftThrottles({ version: 2, folders: ['/cg/g', '/cg/none'] }, files)
  expect(files.log).toHaveLength(1)
})
