import { existsSync } from 'node:fs'
import type { Roots } from '../../src/engine/local/state/layout.ts'
import { parseReference } from '../../src/oci/reference.ts'
import { pullImage } from '../../src/registry/pull-image.ts'
import { layerFolder } from '../../src/store/layers/layer-paths.ts'
import { openLease } from '../../src/store/lease.ts'
import { pruneImages } from '../../src/store/prune-images.ts'
import { usersIn } from './image-store.ts'

// A process that pulls an image or prunes all images again and again: `store-racer.ts pull <data folder> <rounds>
// <reference>`, `store-racer.ts prune <data folder> <rounds>`. It fails if a layer is not there that it holds by a lease.
const [work = '', data = '', rounds = '', reference = ''] = process.argv.slice(2)
const roots = { data, run: data }
for (let round = 0; round < Number(rounds); round++) {
  if (work === 'pull') await pull(roots, reference)
  else await pruneImages(roots, { readUsers: usersIn(roots), all: true })
}

async function pull(store: Roots, image: string): Promise<void> {
  const parsed = parseReference(image)
  if (parsed.kind !== 'registry') throw new Error(`${image} is local`)
  using lease = openLease(store)
  const { record } = await pullImage({
    roots: store,
    reference: image,
    parsed,
    policy: 'missing',
    onProgress: () => {},
    lease,
    areLayersInUse: () => false,
  })
  // The image is nowhere written down: the lease alone stands before it.
  for (let look = 0; look < 20; look++) {
    await new Promise(resolve => setImmediate(resolve))
    if (record.content.kind !== 'layers') throw new Error('the image has no layers')
    const missing = record.content.diffIds.filter(diffId => !existsSync(layerFolder(store, diffId)))
    if (missing.length > 0) throw new Error(`Lost ${missing.join(', ')}`)
  }
}
