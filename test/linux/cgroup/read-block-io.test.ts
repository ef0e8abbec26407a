import { expect, test } from 'vitest'
import { readBlockTraffic, sumBlockTraffic } from '../../../src/linux/cgroup/read-block-io.ts'
import { fakeCgroupFiles } from '../../support/fake-cgroup-files.ts'

test('readBlockTraffic() sums the devices of io.stat', () => {
  const text = '8:0 rbytes=10 wbytes=20 rios=1 wios=2 dbytes=0 dios=0\n8:16 rbytes=1 wbytes=2 rios=1 wios=1\n'
  const files = fakeCgroupFiles({ '/cg/io.stat': text })
  expect(readBlockTraffic({ version: 2, folders: ['/cg'] }, files)).toEqual({ read: 11, written: 22 })
})

test('readBlockTraffic() sums the devices of blkio', () => {
  const text = '8:0 Read 4096\n8:0 Write 8192\n8:0 Sync 0\n8:0 Total 12288\n8:16 Write 1\nTotal 12289\n'
  const files = fakeCgroupFiles({ '/m/x': '', '/b/blkio.throttle.io_service_bytes_recursive': text })
  expect(readBlockTraffic({ version: 1, folders: ['/m', '/b'] }, files)).toEqual({
    read: 4096,
    written: 8193,
  })
})

test('readBlockTraffic() knows nothing where no controller counts', () => {
  expect(readBlockTraffic({ version: 2, folders: ['/cg'] }, fakeCgroupFiles({ '/cg/x': '' }))).toBeUndefined()
})

test('sumBlockTraffic() adds up processes, and leaves out those that end', () => {
  const texts = new Map([
    ['/proc/7/io', 'rchar: 9\nread_bytes: 5\nwrite_bytes: 6\ncancelled_write_bytes: 3\n'],
    ['/proc/8/io', 'read_bytes: 1\nwrite_bytes: 0\n'],
  ])
  const read = (path: string) => {
    if (path === '/proc/10/io') throw new Error('ESRCH')
    return texts.get(path)
  }
  expect(sumBlockTraffic([7, 8, 9, 10], read)).toEqual({ read: 6, written: 6 })
})
