import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseAbsolutePath } from '../../../../../src/base/absolute-path.ts'
import { LayeredTree, type TreeEntry } from '../../../../../src/disk/layered-tree.ts'
import {
  type CacheMount,
  cacheLayout,
  cacheName,
} from '../../../../../src/engine/local/build/run/cache-layout.ts'
import { type CacheUse, useCache } from '../../../../../src/engine/local/build/run/use-cache.ts'
import { aCacheMount } from '../../../../support/cache-mount.ts'
import { temporaryFolder } from '../../../../support/temporary-folder.ts'

function useOf(path: string, changes: Partial<CacheMount> = {}, seed?: () => TreeEntry): CacheUse {
  const { signal } = new AbortController()
  return { roots: { data: path, run: path }, mount: { ...aCacheMount(), ...changes }, seed, signal }
}

test('cacheName() differs by id, owner and mode, and by nothing else', () => {
  const others = [{ id: 'x' }, { uid: 77 }, { gid: 77 }, { mode: 0o700 }, {}]
  expect(new Set(others.map(change => cacheName({ ...aCacheMount(), ...change }, 1))).size).toBe(5)
  const same = { target: '/other', sharing: 'locked', isReadOnly: true, source: '/s' } as const
  expect(cacheName({ ...aCacheMount(), ...same }, 1)).toBe(cacheName(aCacheMount(), 1))
})

test('useCache() makes a cache once, and keeps what is in it', async () => {
  using folder = temporaryFolder()
  {
    using cache = await useCache(useOf(folder.path, { mode: 0o1770 }))
    expect(statSync(cache.data).mode & 0o7777).toBe(0o1770)
    writeFileSync(join(cache.data, 'f'), 'kept')
  }
  using again = await useCache(useOf(folder.path, { mode: 0o1770 }))
  expect(readFileSync(join(again.data, 'f'), 'utf8')).toBe('kept')
})

test('useCache() lets steps share a cache, each have a private one, and wait for a locked one', async () => {
  using folder = temporaryFolder()
  const one = await useCache(useOf(folder.path))
  const other = await useCache(useOf(folder.path))
  using own = await useCache(useOf(folder.path, { sharing: 'private' }))
  using second = await useCache(useOf(folder.path, { sharing: 'private' }))
  expect(other.data).toBe(one.data)
  expect(new Set([one.data, own.data, second.data]).size).toBe(3)
  const waiting = useCache(useOf(folder.path, { sharing: 'locked' }))
  one[Symbol.dispose]()
  other[Symbol.dispose]()
  using alone = await waiting
  expect(alone.data).toBe(one.data)
})

test('useCache() makes a cache anew that was removed, and one whose making was cut short', async () => {
  using folder = temporaryFolder()
  const { folder: place, unfinished } = cacheLayout(
    { data: folder.path, run: '' },
    cacheName(aCacheMount(), 1),
  )
  mkdirSync(join(unfinished, 'half'), { recursive: true })
  {
    using cache = await useCache(useOf(folder.path))
    expect(statSync(cache.data).isDirectory()).toBe(true)
  }
  rmSync(place, { recursive: true })
  using again = await useCache(useOf(folder.path, { sharing: 'locked' }))
  expect(statSync(again.data).isDirectory()).toBe(true)
})

test('useCache() starts a cache with the files of a seed', async () => {
  using folder = temporaryFolder()
  const layer = join(folder.path, 'layer')
  mkdirSync(join(layer, 'd'), { recursive: true, mode: 0o750 })
  writeFileSync(join(layer, 'd/f'), 'seed')
  const entry = new LayeredTree([parseAbsolutePath(layer)]).lookup('/d')
  if (entry === undefined) throw new Error('no seed')
  using cache = await useCache(useOf(folder.path, {}, () => entry))
  expect(readFileSync(join(cache.data, 'f'), 'utf8')).toBe('seed')
})

test('useCache() lets go of a cache whose seed cannot be had', async () => {
  using folder = temporaryFolder()
  const fail = (): never => {
    throw new Error('no such source')
  }
  await expect(useCache(useOf(folder.path, { sharing: 'locked' }, fail))).rejects.toThrow('no such source')
  using cache = await useCache(useOf(folder.path, { sharing: 'locked' }))
  expect(statSync(cache.data).isDirectory()).toBe(true)
})
