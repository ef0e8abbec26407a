import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseAbsolutePath } from '../../../../src/base/absolute-path.ts'
import { servicePath } from '../../../../src/base/model-path.ts'
import { resolveImageMount } from '../../../../src/engine/local/mount/resolve-image-mount.ts'
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
  return {
    image,
    resolved: () => resolveImageMount(roots, mount, opened),
  }
}

for (const [subpath, path, isFile] of [
  [undefined, undefined, false],
  ['usr', 'usr', false],
  ['inside', 'usr/share', false],
  ['inside/../file', 'usr/file', true],
] as const) {
  test(`resolveImageMount() opens ${path ?? 'all'} beneath the folder for subpath ${subpath}`, () => {
    using folder = temporaryFolder()
    const { image, resolved } = resolvePart(folder.path, subpath)
    expect(resolved()).toMatchObject({ kind: 'bind', hostPath: image, subpath: path, isFile, readOnly: true })
  })
}

test('resolveImageMount() follows no link out of the image', () => {
  using folder = temporaryFolder()
  expect(resolvePart(folder.path, 'outside').resolved).toThrow(
    expect.objectContaining({ code: 'image-path-not-found' }),
  )
})
