import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { listProjects } from '../../../../src/engine/local/state/list-projects.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

test('listProjects() lists what has a record, sorted, and no other folder', () => {
  using folder = temporaryFolder()
  const roots = { data: folder.path, run: folder.path }
  expect(listProjects(roots)).toEqual([])
  for (const name of ['zoo', 'app', 'Not-A-Name', 'without-record', 'dangling'])
    mkdirSync(join(folder.path, 'projects', name), { recursive: true })
  for (const name of ['zoo', 'app', 'Not-A-Name'])
    writeFileSync(join(folder.path, 'projects', name, 'project.json'), '')
  symlinkSync('/nowhere', join(folder.path, 'projects', 'dangling', 'project.json'))
  expect(listProjects(roots)).toEqual(['app', 'dangling', 'zoo'])
})
