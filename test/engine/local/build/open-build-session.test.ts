import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryName } from '../../../../src/disk/temporary-name.ts'
import { openBuildSession } from '../../../../src/engine/local/build/open-build-session.ts'
import { openLease } from '../../../../src/store/lease.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

/** Of a process that cannot be. */
const ABANDONED = 'tmp-4194305-1-1'

test('openBuildSession() removes what killed builds left on the disk, and nothing of those that run', async () => {
  using folder = temporaryFolder()
  const roots = { data: join(folder.path, 'data'), run: join(folder.path, 'run') }
  const places = ['data/layers', 'data/build', 'data/build/contexts', 'data/build/last', 'run/builds']
  const running = temporaryName()
  const pathsOf = (name: string): readonly string[] =>
    places.map(place => join(folder.path, place, name, 'f'))
  for (const path of [...pathsOf(ABANDONED), ...pathsOf(running)]) {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, '')
  }
  using lease = openLease(roots)
  await using _session = await openBuildSession(roots, lease)
  expect(pathsOf(ABANDONED).filter(path => existsSync(path))).toEqual([])
  expect(pathsOf(running).filter(path => !existsSync(path))).toEqual([])
})
