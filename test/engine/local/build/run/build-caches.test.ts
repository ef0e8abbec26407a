import { utimesSync } from 'node:fs'
import { expect, test } from 'vitest'
import { listBuildCaches, removeBuildCache } from '../../../../../src/engine/local/build/run/build-caches.ts'
import { type CacheMount, cacheLayout } from '../../../../../src/engine/local/build/run/cache-layout.ts'
import { useCache } from '../../../../../src/engine/local/build/run/use-cache.ts'
import { SPAN } from '../../../../support/build-session.ts'
import { temporaryFolder } from '../../../../support/temporary-folder.ts'

const MOUNT: CacheMount = {
  kind: 'cache',
  span: SPAN,
  id: 'npm',
  target: '/c',
  from: undefined,
  source: '/',
  sharing: 'shared',
  isReadOnly: false,
  uid: process.getuid?.() ?? 0,
  gid: process.getgid?.() ?? 0,
  mode: 0o755,
}

test('listBuildCaches() says when each was used, and removeBuildCache() removes what no step uses', async () => {
  using folder = temporaryFolder()
  const roots = { data: folder.path, run: folder.path }
  expect(listBuildCaches(roots)).toEqual([])
  const { signal } = new AbortController()
  const cache = await useCache({ roots, mount: MOUNT, seed: undefined, signal })
  const [found] = listBuildCaches(roots)
  if (found === undefined) throw new Error('no cache')
  expect(found).toMatchObject({ id: 'npm', data: cache.data })
  utimesSync(cacheLayout(roots, found.name).lock, 1, 2)
  expect(listBuildCaches(roots)).toMatchObject([{ lastUsedAt: 2000 }])
  expect(await removeBuildCache(roots, found.name)).toBe(false)
  cache[Symbol.dispose]()
  expect(await removeBuildCache(roots, found.name)).toBe(true)
  expect(listBuildCaches(roots)).toEqual([])
  expect(await removeBuildCache(roots, found.name)).toBe(true)
})
