import { existsSync, mkdirSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Digest } from '../../../src/base/digest.ts'
import { sha256Hex } from '../../../src/base/sha256.ts'
import { tryLock, trySharedLock } from '../../../src/disk/flock.ts'
import { temporaryName } from '../../../src/disk/temporary-name.ts'
import type { PruneBuildCacheOptions } from '../../../src/model/stored-image.ts'
import { pruneBuildCache } from '../../../src/store/built/prune-build-cache.ts'
import { publishLayers } from '../../../src/store/built/publish-layers.ts'
import {
  listStepRecords,
  parseStepKey,
  type StepKey,
  writeStepRecord,
} from '../../../src/store/built/step-records.ts'
import { buildCacheLimit, trimBuildCache } from '../../../src/store/built/trim-build-cache.ts'
import { readImageUsage } from '../../../src/store/image-usage.ts'
import { hasLayer } from '../../../src/store/layers/layer-store.ts'
import { openLease } from '../../../src/store/lease.ts'
import { pruneImages } from '../../../src/store/prune-images.ts'
import { removeImages } from '../../../src/store/remove-images.ts'
import type { StorePaths } from '../../../src/store/store-paths.ts'
import { buildImage, sealedFolder } from '../../support/built-image.ts'
import { storedPaths, usersIn } from '../../support/image-store.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const HOUR = 3_600_000
const NOW: number = Date.parse('2026-01-01T12:30:00Z')
const SIZE = 1000
const nobody = () => new Map()

interface MadeStep {
  readonly name: string
  readonly key: StepKey
  readonly diffId: Digest
}

/** Makes a step with a layer of `SIZE` bytes, used `hoursAgo`. */
async function makeStep(
  paths: StorePaths,
  name: string,
  { hoursAgo = 0, createdAt = 0 }: { readonly hoursAgo?: number; readonly createdAt?: number } = {},
): Promise<MadeStep> {
  using lease = openLease(paths)
  const layer = await sealedFolder(paths, [{ path: name, kind: 'file', content: 'x'.repeat(SIZE) }])
  await publishLayers(paths, [layer], lease)
  const { diffId } = layer.sealed
  const key = parseStepKey(sha256Hex(name))
  writeStepRecord(paths, key, { resultId: 'r', diffId, text: name, createdAt })
  const usedAt = (NOW - hoursAgo * HOUR) / 1000
  utimesSync(join(paths.data, 'build/steps', key), usedAt, usedAt)
  return { name, key, diffId }
}

function makeFolder(paths: StorePaths, name: string, hoursAgo: number): string {
  const folder = join(paths.data, 'build/cache', name)
  mkdirSync(join(folder, 'data'), { recursive: true })
  writeFileSync(join(folder, 'data/file'), 'x'.repeat(SIZE))
  writeFileSync(join(folder, 'lock'), '')
  const usedAt = (NOW - hoursAgo * HOUR) / 1000
  utimesSync(join(folder, 'lock'), usedAt, usedAt)
  return folder
}

function stepNames(paths: StorePaths): readonly string[] {
  return listStepRecords(paths)
    .map(({ record }) => record.text)
    .toSorted()
}

const cases: ReadonlyArray<{
  readonly what: string
  readonly options: PruneBuildCacheOptions
  readonly left: readonly string[]
  readonly bytes: number
}> = [
  { what: 'all that no image has', options: { all: false }, left: ['ofImage'], bytes: 4 * SIZE },
  { what: 'all', options: { all: true }, left: [], bytes: 4 * SIZE },
  {
    what: 'what was not used since',
    options: { all: true, until: NOW - 2.5 * HOUR },
    left: ['new', 'newer'],
    bytes: 2 * SIZE,
  },
  {
    what: 'what was not used for longest',
    options: { all: false, keepBytes: 2 * SIZE },
    left: ['new', 'newer', 'ofImage'],
    bytes: 2 * SIZE,
  },
]

describe('pruneBuildCache()', () => {
  for (const { what, options, left, bytes } of cases) {
    test(`removes ${what}, with the layers that nothing leads to then`, async () => {
      using folder = temporaryFolder()
      const paths = { data: folder.path }
      const { diffIds } = await buildImage(paths, {
        names: ['a'],
        layers: [[{ path: 'ofImage', kind: 'file', content: 'x'.repeat(SIZE) }]],
      })
      const steps = [
        await makeStep(paths, 'ofImage', { hoursAgo: 9 }),
        await makeStep(paths, 'old', { hoursAgo: 4 }),
        await makeStep(paths, 'older', { hoursAgo: 5 }),
        await makeStep(paths, 'new', { hoursAgo: 2 }),
        await makeStep(paths, 'newer', { hoursAgo: 1 }),
      ]
      expect(steps[0]?.diffId).toBe(diffIds[0])
      expect(await pruneBuildCache(paths, { ...options, readUsers: nobody })).toEqual({
        steps: 5 - left.length,
        folders: 0,
        bytes,
      })
      expect(stepNames(paths)).toEqual(left)
      const kept = steps.filter(({ diffId }) => hasLayer(paths, diffId)).map(({ name }) => name)
      expect(kept.toSorted()).toEqual([...new Set([...left, 'ofImage'])])
    })
  }

  test('forgets of what was used in one hour the later steps first', async () => {
    using folder = temporaryFolder()
    const paths = { data: folder.path }
    await makeStep(paths, 'second', { createdAt: 2 })
    await makeStep(paths, 'first', { hoursAgo: 0.1, createdAt: 1 })
    await makeStep(paths, 'third', { createdAt: 3 })
    await pruneBuildCache(paths, { all: true, keepBytes: 2 * SIZE, readUsers: nobody })
    expect(stepNames(paths)).toEqual(['first', 'second'])
  })

  test('removes what builds know of contexts and images only when all goes', async () => {
    using folder = temporaryFolder()
    const paths = { data: folder.path, run: folder.path }
    const notes = ['build/contexts/a', 'build/last/b'].map(name => join(folder.path, name))
    for (const note of notes) {
      mkdirSync(dirname(note), { recursive: true })
      writeFileSync(note, '')
    }
    for (const kept of [{ all: false }, { all: true, keepBytes: 1 }, { all: true, until: NOW }]) {
      await pruneBuildCache(paths, { ...kept, readUsers: nobody })
      expect(notes.map(note => existsSync(note))).toEqual([true, true])
    }
    await pruneBuildCache(paths, { all: true, readUsers: nobody })
    expect(notes.map(note => existsSync(note))).toEqual([false, false])
  })

  test('leaves the notes that a build beside it is writing', async () => {
    using folder = temporaryFolder()
    const paths = { data: folder.path, run: folder.path }
    const contexts = join(folder.path, 'build/contexts')
    mkdirSync(contexts, { recursive: true })
    const [own, ofDead] = [temporaryName(), 'tmp-1-1-1']
    for (const name of [own, ofDead]) writeFileSync(join(contexts, name), '')
    await pruneBuildCache(paths, { all: true, readUsers: nobody })
    expect(readdirSync(contexts)).toEqual([own])
  })

  test('removes what damage has put in the place of records and notes', async () => {
    using folder = temporaryFolder()
    const paths = { data: folder.path, run: folder.path }
    const { key, diffId } = await makeStep(paths, 'a')
    const hex = diffId.slice('sha256:'.length)
    for (const name of [`build/steps/${key}`, `layers/sizes/${hex}`, `layers/index/${hex}`]) {
      rmSync(join(folder.path, name))
      mkdirSync(join(folder.path, name, 'deep'), { recursive: true })
    }
    await pruneBuildCache(paths, { all: true, readUsers: nobody })
    const left = storedPaths(paths).filter(path => path.includes(hex) || path.includes(key))
    expect(left.filter(path => !path.endsWith('.damaged'))).toEqual([])
  })

  test('forgets steps whose layer is gone, and records that cannot be read', async () => {
    using folder = temporaryFolder()
    const paths = { data: folder.path }
    const { diffId } = await makeStep(paths, 'a')
    const key = parseStepKey(sha256Hex('other'))
    writeStepRecord(paths, key, { resultId: 'r', diffId, text: 'other', createdAt: 0 })
    writeFileSync(join(paths.data, 'build/steps', key), 'damaged')
    await pruneImages(paths, { readUsers: nobody, all: true })
    expect(hasLayer(paths, diffId)).toBe(true)
    await pruneBuildCache(paths, { all: true, readUsers: nobody })
    expect(readdirSync(join(paths.data, 'build/steps'))).toEqual([])
    expect(storedPaths({ ...paths, run: '' })).toEqual([])
  })

  test('leaves layers that a running build keeps by a lease', async () => {
    using folder = temporaryFolder()
    const paths = { data: folder.path }
    const { diffId } = await makeStep(paths, 'a')
    using lease = openLease(paths)
    await lease.keep([`layer ${diffId}`])
    await pruneBuildCache(paths, { all: true, readUsers: nobody })
    expect(hasLayer(paths, diffId)).toBe(true)
  })

  test('removes cache folders, but not those that commands use', async () => {
    using folder = temporaryFolder()
    const paths = { data: folder.path }
    const [used, unused] = [makeFolder(paths, 'used', 5), makeFolder(paths, 'unused', 1)]
    {
      using _lock = trySharedLock(join(used, 'lock'))
      expect(readImageUsage(paths, new Map()).buildCache).toEqual({
        count: 2,
        active: 1,
        bytes: 2 * SIZE,
        reclaimable: SIZE,
      })
      expect(await pruneBuildCache(paths, { all: false, readUsers: nobody })).toEqual({
        steps: 0,
        folders: 1,
        bytes: SIZE,
      })
    }
    expect([existsSync(used), existsSync(unused)]).toEqual([true, false])
    using free = tryLock(join(used, 'lock'))
    expect(free).toBeDefined()
    expect(readdirSync(join(paths.data, 'build'))).toEqual(['cache'])
  })
})

describe('images beside steps', () => {
  test('leave the layers of steps when they are removed', async () => {
    using folder = temporaryFolder()
    const paths = { data: folder.path, run: folder.path }
    const file = { path: 'a', kind: 'file', content: 'x'.repeat(SIZE) } as const
    await buildImage(paths, { names: ['docker.io/library/app:latest'], layers: [[file]] })
    const { diffId } = await makeStep(paths, 'a')
    expect(readImageUsage(paths, new Map())).toMatchObject({
      layers: { bytes: SIZE, reclaimable: 0 },
      buildCache: { count: 1, active: 1, bytes: 0, reclaimable: 0 },
    })
    await removeImages(paths, { images: [{ reference: 'app' }], force: false, readUsers: usersIn(paths) })
    expect(hasLayer(paths, diffId)).toBe(true)
    expect(readImageUsage(paths, new Map())).toMatchObject({
      layers: { bytes: 0, reclaimable: 0 },
      buildCache: { count: 1, active: 0, bytes: SIZE, reclaimable: SIZE },
    })
  })
})

describe('trimBuildCache()', () => {
  test('removes what was not used for longest when builds keep more than they may', async () => {
    using folder = temporaryFolder()
    const paths = { data: folder.path }
    await makeStep(paths, 'old', { hoursAgo: 5 })
    await makeStep(paths, 'new', { hoursAgo: 1 })
    makeFolder(paths, 'cache', 3)
    const trim = async (limitBytes: number, isDue?: boolean) =>
      await trimBuildCache(paths, { readUsers: nobody, limitBytes, ...(isDue !== undefined && { isDue }) })
    expect(await trim(3 * SIZE)).toBeUndefined()
    expect(await trim(2 * SIZE)).toBeUndefined()
    expect(await trim(2 * SIZE, true)).toEqual({ steps: 1, folders: 0, bytes: SIZE })
    expect(stepNames(paths)).toEqual(['new'])
    expect(await trim(0, true)).toEqual({ steps: 1, folders: 1, bytes: 2 * SIZE })
  })
})

describe('buildCacheLimit()', () => {
  test('is what the environment says, or a part of the disk', () => {
    using folder = temporaryFolder()
    const paths = { data: folder.path }
    expect(buildCacheLimit(paths, new Map([['TCOMPOSE_BUILD_CACHE_LIMIT', '3g']]))).toBe(3 * 1024 ** 3)
    expect(buildCacheLimit(paths, new Map([['TCOMPOSE_BUILD_CACHE_LIMIT', '0']]))).toBe(0)
    const limit = buildCacheLimit(paths, new Map())
    expect(limit).toBeGreaterThan(1024 ** 2)
    expect(limit).toBeLessThanOrEqual(20 * 1024 ** 3)
    expect(() => buildCacheLimit(paths, new Map([['TCOMPOSE_BUILD_CACHE_LIMIT', 'much']]))).toThrow(
      'Cannot read TCOMPOSE_BUILD_CACHE_LIMIT: "much" is no size',
    )
  })
})
