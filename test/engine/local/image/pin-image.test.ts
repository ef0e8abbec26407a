import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fetchImage } from '../../../../src/engine/local/image/fetch-image.ts'
import { pinImage } from '../../../../src/engine/local/image/pin-image.ts'
import type { Roots } from '../../../../src/engine/local/state/layout.ts'
import { lookupImage, openImage } from '../../../../src/store/images/lookup-image.ts'
import { writeLayout } from '../../../support/hand-made-layout.ts'
import { tarArchive } from '../../../support/tar-archive.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

function rootsIn(folder: string): Roots {
  return { data: join(folder, 'data'), run: join(folder, 'run') }
}

test('pinImage() names what a layout holds, and the name is good for that image alone', async () => {
  using root = temporaryFolder()
  const roots = rootsIn(root.path)
  const folder = join(root.path, 'img')
  const layers = [await tarArchive([{ name: 'a', content: 'a' }])]
  const [id] = writeLayout(folder, [{ layers, tag: 'v1' }])
  const pinned = await pinImage(roots, `oci:${folder}:v1`)
  expect(pinned).toBe(`oci:${folder}:v1@${id}`)
  expect(await pinImage(roots, `oci:${folder}`)).toBe(`oci:${folder}@${id}`)
  expect(await pinImage(roots, pinned)).toBe(pinned)
  await fetchImage(roots, { reference: pinned }, { onProgress: () => {} })
  expect(openImage(roots, { reference: pinned })).toMatchObject({ id, reference: pinned })

  writeLayout(folder, [{ layers, tag: 'v1', config: { Cmd: ['other'] } }])
  expect(lookupImage(rootsIn(join(root.path, 'other')), { reference: pinned })).toEqual({
    kind: 'absent',
    isLocal: true,
  })
  await expect(fetchImage(roots, { reference: pinned }, { onProgress: () => {} })).rejects.toMatchObject({
    code: 'image-not-found',
    message: expect.stringContaining('expected the one that the reference names'),
  })
})

test('pinImage() leaves a folder as it is, for it has no digest', async () => {
  expect(await pinImage({ data: '/none', run: '/none' }, 'rootfs:/')).toBe('rootfs:/')
})

test('pinImage() asks a registry what a tag means, unless the reference has its digest', async () => {
  const roots = { data: '/none', run: '/none' }
  const digest = `sha256:${'a'.repeat(64)}`
  await expect(pinImage(roots, '127.0.0.1:1/redis:7')).rejects.toMatchObject({ code: 'registry-unreachable' })
  expect(await pinImage(roots, `redis@${digest}`)).toBe(`redis@${digest}`)
})
