import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type FetchBaseOptions, fetchBase } from '../../../../src/engine/local/build/base-images.ts'
import { parsePlatform } from '../../../../src/model/platform.ts'
import type { NeededImage } from '../../../../src/planner/build/build-request.ts'
import { LayerSealer } from '../../../../src/store/built/layer-sealer.ts'
import { openLease } from '../../../../src/store/lease.ts'
import { buildImage } from '../../../support/built-image.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

const SPAN = { file: 'Dockerfile', line: 1, column: 6, endLine: 1, endColumn: 10 }

/** A store with the image `base` of two layers. */
async function openStore() {
  const root = temporaryFolder()
  const roots = { data: join(root.path, 'data'), run: join(root.path, 'run') }
  const layers = ['a', 'b'].map(name => [{ path: name, kind: 'file', content: name } as const])
  const { diffIds } = await buildImage(roots, { names: ['docker.io/library/base:latest'], layers })
  const lease = openLease(roots)
  const sealer = new LayerSealer()
  const warnings: string[] = []
  return {
    root: root.path,
    diffIds,
    warnings,
    fetch: (needed: Partial<NeededImage>, policy: FetchBaseOptions['policy'] = 'missing') =>
      fetchBase(
        roots,
        { key: 'base', reference: 'base', platform: undefined, span: SPAN, ...needed },
        {
          policy,
          signal: new AbortController().signal,
          lease,
          sealer,
          onProgress: () => {},
          onWarning: message => warnings.push(message),
        },
      ),
    [Symbol.asyncDispose]: async () => {
      await sealer[Symbol.asyncDispose]()
      lease[Symbol.dispose]()
      root[Symbol.dispose]()
    },
  }
}

test('fetchBase() opens the layers of an image that is there, and asks nobody', async () => {
  await using store = await openStore()
  const base = await store.fetch({}, 'never')
  const indexes = await Promise.all(base?.layers.map(layer => layer.index()) ?? [])
  expect(indexes.map(index => index.map(({ path }) => path))).toEqual([['a'], ['b']])
  expect(base?.document).toMatchObject({ rootfs: { diff_ids: store.diffIds } })
  expect(store.warnings).toEqual([])
})

test('fetchBase() takes an image that is there for another platform, with a warning', async () => {
  await using store = await openStore()
  const base = await store.fetch({ platform: parsePlatform('linux/s390x') })
  expect(base?.resultId).toBe((await store.fetch({}))?.resultId)
  expect(store.warnings).toEqual([
    'Image "base" is not for linux/s390x, as this FROM wants it; it is used as it is',
  ])
})

test('fetchBase() returns nothing for an image that is not there if none may be fetched', async () => {
  await using store = await openStore()
  expect(await store.fetch({ reference: 'other' }, 'never')).toBeUndefined()
})

test('fetchBase() refuses a folder as an image, at its place', async () => {
  await using store = await openStore()
  const folder = join(store.root, 'folder')
  mkdirSync(folder)
  await expect(store.fetch({ reference: `rootfs:${folder}` })).rejects.toMatchObject({
    code: 'build-unsupported',
    span: SPAN,
  })
})

test('fetchBase() has the hint of what names an image that is not there', async () => {
  await using store = await openStore()
  const hint = 'did you mean "bare"?'
  const missing = store.fetch({ reference: `rootfs:${join(store.root, 'none')}`, hint })
  await expect(missing).rejects.toMatchObject({ code: 'image-not-found', span: SPAN, hint })
  const invalid = store.fetch({ reference: 'oci-archive:/dev/null', hint })
  await expect(invalid).rejects.toMatchObject({ code: 'image-invalid', span: SPAN, notes: [hint] })
})
