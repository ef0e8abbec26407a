import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { imageSource, lookupImage } from '../../../../../src/engine/local/image/source/image-sources.ts'
import type { Roots } from '../../../../../src/engine/local/state/layout.ts'
import { fetchImage, openImage } from '../../../../support/fetch-image.ts'
import { writeLayout } from '../../../../support/hand-made-layout.ts'
import { tarArchive } from '../../../../support/tar-archive.ts'
import { temporaryFolder } from '../../../../support/temporary-folder.ts'

async function pinImage(roots: Roots, reference: string): Promise<string> {
  return await imageSource(roots, { reference }).pin()
}

function rootsIn(folder: string): Roots {
  return { data: join(folder, 'data'), run: join(folder, 'run') }
}

test('ImageSource.pin() names what a layout holds, and the name is good for that image alone', async () => {
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

test('ImageSource.pin() leaves a folder as it is, for it has no digest', async () => {
  expect(await pinImage({ data: '/none', run: '/none' }, 'rootfs:/')).toBe('rootfs:/')
})

test('ImageSource.pin() asks a registry what a tag means, unless the reference has its digest', async () => {
  const roots = { data: '/none', run: '/none' }
  const digest = `sha256:${'a'.repeat(64)}`
  await expect(pinImage(roots, '127.0.0.1:1/redis:7')).rejects.toMatchObject({ code: 'registry-unreachable' })
  expect(await pinImage(roots, `redis@${digest}`)).toBe(`redis@${digest}`)
})

function check(reference: string): string {
  try {
    imageSource({ data: '/none', run: '/none' }, { reference }).check()
    return 'good'
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error)
  }
}

test('ImageSource.check() asks no registry', () => {
  expect(check('registry.test/app:1')).toBe('good')
})

test('ImageSource.check() wants the folder of a root file system', () => {
  using folder = temporaryFolder()
  mkdirSync(join(folder.path, 'root'))
  writeFileSync(join(folder.path, 'file'), '')
  expect(check(`rootfs:${folder.path}/root`)).toBe('good')
  expect(check(`rootfs:${folder.path}/file`)).toBe('image-not-found')
  expect(check(`rootfs:${folder.path}/none`)).toBe('image-not-found')
})

test('ImageSource.check() wants an image in what is to be one', () => {
  using folder = temporaryFolder()
  expect(check(`oci:${folder.path}/none`)).toBe('image-not-found')
  expect(check(`docker-archive:${folder.path}/none.tar`)).toBe('image-not-found')
  expect(check(`oci:${folder.path}`)).toBe('image-invalid')
})

const LOCAL = ['rootfs:/x', 'oci:/x', 'oci-archive:/x.tar', 'docker-archive:/x.tar']
for (const reference of LOCAL) {
  test(`a source of this machine has no registry to be asked or to take the image: ${reference}`, async () => {
    const source = imageSource({ data: '/none', run: '/none' }, { reference })
    expect(await source.ask(undefined)).toBeUndefined()
    expect(source.platforms()).toEqual([])
    await expect(source.push({ onProgress: () => {} })).rejects.toMatchObject({
      code: 'image-source-unsupported',
      message: `Cannot push image "${reference}": it is a local source, expected an image of a registry`,
    })
  })
}
