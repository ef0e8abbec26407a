import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { makePrivateFolder } from '../../../../src/disk/record-file.ts'
import { observeProject } from '../../../../src/engine/local/observe/observe-project.ts'
import { projectLayout } from '../../../../src/engine/local/state/layout.ts'
import { RecordStore } from '../../../../src/engine/local/state/record-store.ts'
import { createVolume } from '../../../../src/engine/local/volume/create-volume.ts'
import { parseProjectName } from '../../../../src/model/names.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

test('observeProject() takes a volume for intact when it was made wholly and is there', async () => {
  using root = temporaryFolder()
  const roots = { data: join(root.path, 'data'), run: join(root.path, 'run') }
  const project = parseProjectName('shop')
  const layout = projectLayout(roots, project)
  for (const folder of [layout.dataDir, layout.runDir]) makePrivateFolder(folder)
  const store = new RecordStore(project, layout)
  for (const [name, phase] of [
    ['whole', 'created'],
    ['announced', 'creating'],
    ['lost', 'created'],
  ] as const) {
    createVolume(roots, { name, labels: new Map(), createdAt: 0 })
    store.setVolume(name, { phase, key: name, name, external: false, configHash: 'hash' })
  }
  await store.save()
  rmSync(join(roots.data, 'volumes/lost'), { recursive: true })
  const { volumes } = observeProject(roots, project, [])
  expect([...volumes].map(([key, { intact }]) => [key, intact])).toEqual([
    ['whole', true],
    ['announced', false],
    ['lost', false],
  ])
})
