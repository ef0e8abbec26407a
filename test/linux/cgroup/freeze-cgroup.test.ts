import { expect, test } from 'vitest'
import type { CgroupHost } from '../../../src/linux/cgroup/cgroup.ts'
import { freeze, freezerFolder } from '../../../src/linux/cgroup/freeze-cgroup.ts'
import { isFrozen, thaw } from '../../../src/linux/cgroup/thaw-cgroup.ts'
import { fakeCgroupFiles } from '../../support/fake-cgroup-files.ts'

const OWNER = { tag: 'abcdef', project: 'shop', id: '0123456789abcdef' }
const V1: CgroupHost = {
  kind: 'v1',
  hierarchies: [
    { mountPoint: '/cg/memory', controllers: ['memory'] },
    { mountPoint: '/cg/freezer', controllers: ['freezer'] },
  ],
}
const V2: CgroupHost = { kind: 'v2', mountPoint: '/cg' }

test('freezerFolder() is a folder of the freezer with v1, and its own with v2', () => {
  expect(freezerFolder(V1, OWNER)).toBe('/cg/freezer/tcompose/abcdef/shop/0123456789ab')
  expect(freezerFolder(V2, OWNER)).toBe('/cg/tcompose/abcdef/shop/0123456789ab')
})

test('freezerFolder() needs a freezer', () => {
  const host: CgroupHost = { kind: 'v1', hierarchies: [{ mountPoint: '/cg/pids', controllers: ['pids'] }] }
  expect(() => freezerFolder(host, OWNER)).toThrow(expect.objectContaining({ code: 'cgroup' }))
})

test('freeze() moves with v1 what is forked meanwhile too, and looks again once all is frozen', async () => {
  const folder = freezerFolder(V1, OWNER)
  const files = fakeCgroupFiles({ '/cg/freezer/tasks': '' })
  const members = [[7], [7, 8], [7, 8]]
  const inside: string[] = []
  const kernel = {
    ...files,
    read: (path: string) => (path.endsWith('/cgroup.procs') ? inside.join('\n') : files.read(path)),
    write: (path: string, ...texts: readonly string[]) => {
      if (path.endsWith('/cgroup.procs')) inside.push(...texts)
      files.write(path, ...texts)
    },
  }
  await freeze({ host: V1, folder, members: () => members.shift() ?? [] }, kernel)
  expect(files.log.filter(line => line.startsWith('write'))).toEqual([
    `write ${folder}/cgroup.procs 7`,
    `write ${folder}/freezer.state FROZEN`,
    `write ${folder}/cgroup.procs 8`,
    `write ${folder}/freezer.state FROZEN`,
    `write ${folder}/freezer.state FROZEN`,
  ])
  expect(isFrozen(folder, kernel)).toBe(true)
})

test('freeze() waits with v2 until the kernel says so, and thaws what does not freeze', async () => {
  const folder = freezerFolder(V2, OWNER)
  const files = fakeCgroupFiles({ [`${folder}/cgroup.events`]: 'populated 1\nfrozen 1\n' })
  await freeze({ host: V2, folder, members: () => [] }, files)
  expect(isFrozen(folder, files)).toBe(true)
  const stuck = fakeCgroupFiles({ [`${folder}/cgroup.events`]: 'populated 1\nfrozen 0\n' })
  await expect(freeze({ host: V2, folder, members: () => [], patienceMs: 0 }, stuck)).rejects.toMatchObject({
    code: 'pause',
  })
  expect(isFrozen(folder, stuck)).toBe(false)
})

test('thaw() writes nothing where nothing is frozen', () => {
  const files = fakeCgroupFiles({ '/a/freezer.state': 'THAWED\n', '/b/cgroup.freeze': '0\n' })
  for (const folder of ['/a', '/b', '/gone']) thaw(folder, files)
  expect(files.log).toEqual([])
})

test('thaw() ends a freeze that is under way', () => {
  const files = fakeCgroupFiles({ '/a/freezer.state': 'FREEZING\n' })
  thaw('/a', files)
  expect(files.log).toEqual(['write /a/freezer.state THAWED'])
})
