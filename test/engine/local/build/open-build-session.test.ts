import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryName } from '../../../../src/disk/temporary-name.ts'
import { openBuildSession } from '../../../../src/engine/local/build/open-build-session.ts'
import { makeLayerStore } from '../../../../src/store/layers/layer-store.ts'
import { openLease } from '../../../../src/store/lease.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

test('openBuildSession() removes what a build left that was killed, and nothing of one that runs', async () => {
  using root = temporaryFolder()
  const roots = { data: join(root.path, 'data'), run: join(root.path, 'run') }
  makeLayerStore(roots)
  // No process with this number started at the first tick of the clock.
  const [abandoned, live] = [`tmp-${process.pid}-1-1`, temporaryName()].map(name =>
    join(roots.data, 'layers', name, '1/layer'),
  )
  for (const folder of [abandoned, live]) {
    mkdirSync(folder ?? '', { recursive: true })
    writeFileSync(join(folder ?? '', 'file'), '')
  }
  using lease = openLease(roots)
  await using session = await openBuildSession(roots, lease)
  expect(existsSync(join(roots.data, 'layers', `tmp-${process.pid}-1-1`))).toBe(false)
  expect(existsSync(live ?? '')).toBe(true)
  expect(session.hasMade).toBe(false)
})
