import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { packImage } from '../../test/support/build-case/base-images.ts'
import { imageRootfs } from '../../test/support/parts/image-rootfs.ts'
import { runTool } from '../../test/support/parts/run-tool.ts'
import { temporaryFolder } from '../../test/support/temporary-folder.ts'
import { BASE_IMAGE } from './build-project.ts'

/** A file that is removed with its holder. */
export interface ImageArchive extends Disposable {
  readonly path: string
}

/** Writes the base image of the projects as `docker save` does. @throws {Error} If the machine cannot have it. */
export async function baseImageArchive(): Promise<ImageArchive> {
  const rootfs = await imageRootfs('busybox')
  if (rootfs.kind === 'missing') throw new Error(`Cannot make the image: ${rootfs.reason}`)
  const folder = temporaryFolder()
  const layer = join(folder.path, 'layer.tar')
  await runTool('tar', ['-C', rootfs.dir, '-cf', layer, '.'])
  const config = { Env: ['PATH=/usr/sbin:/usr/bin:/sbin:/bin'], Cmd: ['sh'] }
  const path = join(folder.path, 'image.tar')
  const name = BASE_IMAGE.split(':')[0] ?? ''
  writeFileSync(path, await packImage({ name, config, layers: [readFileSync(layer)] }))
  return { path, [Symbol.dispose]: () => folder[Symbol.dispose]() }
}
