import { mkdirSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { imageLayout } from '../test/support/parts/image-layout.ts'
import { type ImageName, imageRootfs } from '../test/support/parts/image-rootfs.ts'
import { projectRoot } from './project-root.ts'

const NAMES: readonly ImageName[] = ['busybox', 'node', 'redis', 'nginx', 'postgres']

/**
 * Builds images of real programs without a registry: `scripts/node scripts/fetch-images.ts [--oci] redis nginx` leaves
 * `.cache/images/redis` for `rootfs:` or, with `--oci`, `.cache/images/redis.oci` for `oci:`.
 */
async function main(): Promise<void> {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { oci: { type: 'boolean' } } })
  const wanted = NAMES.filter(name => positionals.length === 0 || positionals.includes(name))
  const folder = join(projectRoot, '.cache/images')
  mkdirSync(folder, { recursive: true })
  for (const name of wanted) {
    const image = values.oci ? await imageLayout(name) : await imageRootfs(name)
    if (image.kind === 'missing') throw new Error(`Cannot make image "${name}": ${image.reason}`)
    const link = join(folder, values.oci ? `${name}.oci` : name)
    rmSync(link, { force: true })
    symlinkSync(image.dir, link)
    console.log(`${values.oci ? 'oci' : 'rootfs'}:${link}`)
  }
}

await main()
