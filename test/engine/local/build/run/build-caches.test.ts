import { utimesSync } from 'node:fs'
import { expect, test } from 'vitest'
import { listBuildCaches, removeBuildCache } from '../../../../../src/engine/local/build/run/build-caches.ts'
import { cacheLayout } from '../../../../../src/engine/local/build/run/cache-layout.ts'
import { useCache } from '../../../../../src/engine/local/build/run/use-cache.ts'
import { aCacheMount } from '../../../../support/cache-mount.ts'
import { temporaryFolder } from '../../../../support/temporary-folder.ts'

test('listBuildCaches() says when each was used, and removeBuildCache() removes what no step uses', async () => {
  using folder = temporaryFolder()
  const roots = { data: folder.path, run: folder.path }
  expect(listBuildCaches(roots)).toEqual([])
  const { signal } = new AbortController()
  const cache = await useCache({ roots, mount: aCacheMount(), seed: undefined, signal })
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
