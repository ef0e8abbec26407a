import { expect, test } from 'vitest'
import { readUsage } from '../../../src/linux/cgroup/read-usage.ts'
import { fakeCgroupFiles } from '../../support/fake-cgroup-files.ts'

test('readUsage() counts v1 memory without idle file cache', () => {
  const files = fakeCgroupFiles({
    '/memory/memory.usage_in_bytes': '1000\n',
    '/memory/memory.stat': 'cache 500\ntotal_inactive_file 300\n',
    '/memory/memory.limit_in_bytes': '9223372036854771712\n',
    '/cpu/cpuacct.usage': '42\n',
    '/pids/pids.current': '3\n',
  })
  expect(readUsage({ version: 1, folders: ['/cpu', '/memory', '/pids'] }, files)).toEqual({
    memoryBytes: 700,
    memoryLimitBytes: undefined,
    cpuNs: 42,
    pids: 3,
  })
})

test('readUsage() reads v2', () => {
  const files = fakeCgroupFiles({
    '/g/memory.current': '1000\n',
    '/g/memory.stat': 'anon 1\ninactive_file 1200\n',
    '/g/memory.max': '2000\n',
    '/g/cpu.stat': 'usage_usec 42\nuser_usec 1\n',
    '/g/pids.current': '3\n',
  })
  expect(readUsage({ version: 2, folders: ['/g'] }, files)).toEqual({
    memoryBytes: 0,
    memoryLimitBytes: 2000,
    cpuNs: 42_000,
    pids: 3,
  })
})

test('readUsage() leaves open what a group that is gone does not tell', () => {
  expect(readUsage({ version: 2, folders: ['/g'] }, fakeCgroupFiles({ '/g/memory.max': 'max\n' }))).toEqual({
    memoryBytes: undefined,
    memoryLimitBytes: undefined,
    cpuNs: undefined,
    pids: undefined,
  })
})
