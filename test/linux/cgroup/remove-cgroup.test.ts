import { expect, test } from 'vitest'
import { killCgroup, removeCgroup, removeEmptyParents } from '../../../src/linux/cgroup/remove-cgroup.ts'
import { fakeCgroupFiles } from '../../support/fake-cgroup-files.ts'

const GROUP = '/cg/tcompose/abcdef/shop/0123456789ab'

test('removeCgroup() removes folders that programs of the container made, innermost first', () => {
  const files = fakeCgroupFiles({ [`${GROUP}/inner/deeper/tasks`]: '' })
  expect(removeCgroup({ version: 2, folders: [GROUP] }, files)).toEqual([])
  expect(files.log).toEqual([
    `rmdir ${GROUP}`,
    `rmdir ${GROUP}/inner`,
    `rmdir ${GROUP}/inner/deeper`,
    `rmdir ${GROUP}/inner`,
    `rmdir ${GROUP}`,
  ])
})

test('removeCgroup() returns the folders in which a process lives', () => {
  const files = fakeCgroupFiles({ [`${GROUP}/cgroup.procs`]: '12\n', '/other/group/tasks': '' })
  expect(removeCgroup({ version: 1, folders: [GROUP, '/other/group'] }, files)).toEqual([GROUP])
})

test('removeEmptyParents() stops at the first folder in use', () => {
  const files = fakeCgroupFiles({
    '/cg/tcompose/abcdef/shop/x': '',
    '/cg/tcompose/abcdef/blog/group/tasks': '',
  })
  removeEmptyParents({ kind: 'v2', mountPoint: '/cg' }, { tag: 'abcdef', project: 'shop' }, files)
  expect(files.log).toEqual(['rmdir /cg/tcompose/abcdef/shop', 'rmdir /cg/tcompose/abcdef'])
})

test('killCgroup() leaves v2 to the kernel', () => {
  const files = fakeCgroupFiles({ [`${GROUP}/tasks`]: '' })
  killCgroup({ version: 2, folders: [GROUP] }, files)
  expect(files.log).toEqual([`write ${GROUP}/cgroup.kill 1`])
})

test('killCgroup() kills on v1 until nobody is left that was not signalled', () => {
  const lists = ['7\n8\n', '7\n8\n9\n', '9\n', '']
  const files = { ...fakeCgroupFiles({}), read: () => lists.shift() ?? '' }
  const killed: number[] = []
  killCgroup({ version: 1, folders: [GROUP] }, files, pid => killed.push(pid))
  expect(killed).toEqual([7, 8, 9])
})
