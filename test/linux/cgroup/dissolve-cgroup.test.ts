import { expect, test } from 'vitest'
import { dissolveCgroup } from '../../../src/linux/cgroup/dissolve-cgroup.ts'
import { fakeCgroupFiles } from '../../support/fake-cgroup-files.ts'

const GROUP = '/nonexistent/cg/tcompose/abcdef/shop/0123456789ab'

test('dissolveCgroup() removes what is empty without a further look', async () => {
  const files = fakeCgroupFiles({ [`${GROUP}/tasks`]: '' })
  await dissolveCgroup({ version: 2, folders: [GROUP] }, files)
  expect(files.log).toEqual([`rmdir ${GROUP}`])
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
