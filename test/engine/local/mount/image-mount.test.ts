import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseAbsolutePath } from '../../../../src/base/absolute-path.ts'
import { servicePath } from '../../../../src/base/model-path.ts'
import { imageMount } from '../../../../src/engine/local/mount/image-mount.ts'
import type { Image } from '../../../../src/model/image.ts'
import type { ImageMount } from '../../../../src/model/mount.ts'
import { aContainerInput } from '../../../support/container-input.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

/** A folder of the host that is an image, which containers may have mounted too. */
function resolvePart(folder: string, subpath: string | undefined) {
  const image = join(folder, 'image')
  mkdirSync(join(image, 'usr/share'), { recursive: true })
  writeFileSync(join(image, 'usr/file'), '')
  mkdirSync(join(folder, 'outside'))
  symlinkSync('/usr/share', join(image, 'inside'))
  symlinkSync(join(folder, 'outside'), join(image, 'outside'))
  const reference = `rootfs:${image}`
  const layers = [parseAbsolutePath(image)]
  const opened: Image = { ...aContainerInput().image, reference, layers, isFolder: true }
  const mount: ImageMount = {
    kind: 'image',
    image: reference,
    target: parseAbsolutePath('/x'),
    subpath,
    origin: servicePath('web', 'volumes', 0),
  }
  const roots = { data: join(folder, 'data'), run: join(folder, 'run') }
  const place = { roots, volumeNames: new Map(), openImage: () => opened }
  return {
    image,
    resolved: () => imageMount.resolve(mount, place),
    problems: () => imageMount.check(mount, place),
  }
}

for (const [subpath, path, isFile] of [
  [undefined, undefined, false],
  ['usr', 'usr', false],
  ['inside', 'usr/share', false],
  ['inside/../file', 'usr/file', true],
] as const) {
  test(`imageMount.resolve() opens ${path ?? 'all'} beneath the folder for subpath ${subpath}`, () => {
    using folder = temporaryFolder()
    const { image, resolved, problems } = resolvePart(folder.path, subpath)
    expect(problems()).toEqual([])
    const { mount, extras } = resolved()
    expect(mount).toMatchObject({
      type: 'bind',
      source: path === undefined ? image : join(image, path),
      options: ['bind', 'ro', 'rprivate'],
    })
    const beneath = path === undefined ? undefined : { root: image, path }
    expect(extras).toMatchObject({
      label: `image "rootfs:${image}"`,
      files: { kind: 'host', isFile, beneath },
    })
  })
}

test('imageMount follows no link out of the image', () => {
  using folder = temporaryFolder()
  const { resolved, problems } = resolvePart(folder.path, 'outside')
  const notFound = expect.objectContaining({ code: 'image-path-not-found', origin: 'services.web.volumes.0' })
  expect(problems()).toEqual([notFound])
  expect(resolved).toThrow(notFound)
})
