import { lstatSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { makePrivateFolder, writeDurableRecord, writeVolatileRecord } from '../../src/disk/record-file.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

test('makePrivateFolder() and what writes records leave both to their owner alone', async () => {
  using root = temporaryFolder()
  const folder = join(root.path, 'data/projects/shop')
  makePrivateFolder(folder)
  await writeDurableRecord(join(folder, 'durable.json'), { version: 1 })
  writeVolatileRecord(join(folder, 'volatile.json'), { version: 1 })
  const modeOf = (path: string) => lstatSync(join(root.path, path)).mode & 0o777
  expect(['data', 'data/projects', 'data/projects/shop'].map(modeOf)).toEqual([0o700, 0o700, 0o700])
  expect(['durable.json', 'volatile.json'].map(name => modeOf(`data/projects/shop/${name}`))).toEqual([
    0o600, 0o600,
  ])
})
