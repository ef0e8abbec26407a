import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { dissolveCgroup } from '../../../src/linux/cgroup/dissolve-cgroup.ts'
import { fakeCgroupFiles } from '../../support/fake-cgroup-files.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const GROUP = '/nonexistent/cg/tcompose/abcdef/shop/0123456789ab'

test('dissolveCgroup() removes what is empty without a further look', async () => {
  using folder = temporaryFolder()
  const group = join(folder.path, 'group')
  mkdirSync(group)
  const files = fakeCgroupFiles({})
  await dissolveCgroup({ version: 2, folders: [group] }, files)
  expect(files.log).toEqual([])
})

test('dissolveCgroup() kills what is left and waits until it has gone', async () => {
  const files = fakeCgroupFiles({ [`${GROUP}/tasks`]: '' })
  const busy: ('busy' | 'gone')[] = ['busy', 'busy', 'busy', 'gone']
  const slow = { ...files, rmdir: () => busy.shift() ?? 'gone', folders: () => [] }
  await dissolveCgroup({ version: 2, folders: [GROUP] }, slow)
  expect(files.log).toEqual([`write ${GROUP}/cgroup.kill 1`, `write ${GROUP}/cgroup.kill 1`])
  expect(busy).toEqual([])
})

test('dissolveCgroup() names the process that does not leave', async () => {
  const files = {
    ...fakeCgroupFiles({}),
    read: () => '12\n',
    rmdir: () => 'busy' as const,
    folders: () => [],
  }
  await expect(dissolveCgroup({ version: 2, folders: [GROUP] }, files, 20)).rejects.toMatchObject({
    code: 'cgroup',
    message: `Cannot remove control group ${GROUP}: process 12 is still in it after SIGKILL`,
  })
})
