import { createHash } from 'node:crypto'
import { TcomposeError } from '../../base/tcompose-error.ts'
import { readSlice } from '../../disk/file-slice.ts'
import { streamLayerTar } from '../built/stream-layer-tar.ts'
import type { LayerPart } from './image-parts.ts'

/**
 * Yields the bytes of a blob, or the archive of a layer, and checks them on the way.
 *
 * @throws {TcomposeError} `image-invalid` at the end, if they have another digest.
 */
export async function* checkedBytes(part: LayerPart): AsyncGenerator<Buffer> {
  const hash = createHash('sha256')
  const chunks = 'slice' in part ? readSlice(part.slice) : streamLayerTar(part.folder)
  for await (const chunk of chunks) {
    hash.update(chunk)
    yield chunk
  }
  const found = `sha256:${hash.digest('hex')}`
  if (found === part.digest) return
  throw new TcomposeError('image-invalid', `Cannot save blob ${part.digest}: it has the digest ${found}`, {
    hint: 'It has changed on disk: pull the image again with `tcompose pull`, or build it again',
  })
}
