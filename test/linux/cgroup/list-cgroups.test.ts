import { expect, test } from 'vitest'
import type { CgroupHost } from '../../../src/linux/cgroup/cgroup.ts'
import { listCgroups, listPlacedCgroups } from '../../../src/linux/cgroup/list-cgroups.ts'
import { fakeCgroupFiles } from '../../support/fake-cgroup-files.ts'

test('listCgroups() joins the folders of all v1 hierarchies and passes over other engines', () => {
  const host: CgroupHost = {
    kind: 'v1',
    hierarchies: [
      { mountPoint: '/cg/memory', controllers: ['memory'] },
      { mountPoint: '/cg/pids', controllers: ['pids'] },
    ],
  }
  const files = fakeCgroupFiles({
    '/cg/memory/tcompose/abcdef/shop/0123456789ab/tasks': '',
    '/cg/pids/tcompose/abcdef/shop/0123456789ab/tasks': '',
    '/cg/pids/tcompose/abcdef/blog/fedcba987654/tasks': '',
    '/cg/pids/tcompose/999999/shop/0123456789ab/tasks': '',
  })
  expect(listCgroups(host, 'abcdef', files)).toEqual([
    {
      project: 'blog',
      shortId: 'fedcba987654',
      cgroup: { version: 1, folders: ['/cg/pids/tcompose/abcdef/blog/fedcba987654'] },
    },
    {
      project: 'shop',
      shortId: '0123456789ab',
      cgroup: {
        version: 1,
        folders: [
          '/cg/memory/tcompose/abcdef/shop/0123456789ab',
          '/cg/pids/tcompose/abcdef/shop/0123456789ab',
        ],
      },
    },
  ])
})

test('listPlacedCgroups() finds the groups of the engine below others, whatever the project is called', () => {
  const files = fakeCgroupFiles({
    '/cg/batch/tcompose-abcdef-my-shop-0123456789ab/tasks': '',
    '/cg/a/b/tcompose-abcdef-blog-fedcba987654/tasks': '',
    '/cg/batch/tcompose-999999-shop-0123456789ab/tasks': '',
    '/cg/tcompose/abcdef/shop/0123456789ab/tasks': '',
  })
  const found = listPlacedCgroups({ kind: 'v2', mountPoint: '/cg' }, 'abcdef', files)
  expect(found.map(({ project, shortId }) => [project, shortId])).toEqual([
    ['blog', 'fedcba987654'],
    ['my-shop', '0123456789ab'],
  ])
})

test('listCgroups() finds nothing where nothing was made', () => {
  expect(listCgroups({ kind: 'v2', mountPoint: '/cg' }, 'abcdef', fakeCgroupFiles({}))).toEqual([])
})
