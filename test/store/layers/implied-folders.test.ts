import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseDigest } from '../../../src/base/digest.ts'
import { readImpliedFolders, writeImpliedFolders } from '../../../src/store/layers/implied-folders.ts'
import { impliedFoldersFile } from '../../../src/store/layers/layer-paths.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const LAYER = parseDigest(`sha256:${'ab'.repeat(32)}`)

test('what is no file any more counts as nothing, and is replaced', () => {
  using folder = temporaryFolder()
  const paths = { data: folder.path, run: join(folder.path, 'run') }
  const file = impliedFoldersFile(paths, LAYER)
  expect(readImpliedFolders(paths, LAYER)).toEqual([])
  mkdirSync(file, { recursive: true })
  expect(readImpliedFolders(paths, LAYER)).toEqual([])
  writeImpliedFolders(paths, LAYER, ['', 'a/b'])
  expect(readImpliedFolders(paths, LAYER)).toEqual(['', 'a/b'])
  rmSync(file)
})
