import { createHash } from 'node:crypto'
import { TcomposeError } from '../../base/tcompose-error.ts'
import { readSlice } from '../../disk/file-slice.ts'
import type { BlobPart } from './image-parts.ts'

/**
 * Yields the bytes of a blob and checks them on the way.
 *
 * @throws {TcomposeError} `image-invalid` at the end, if they have another digest than the blob.
 */
export async function* checkedBytes({ digest, slice }: BlobPart): AsyncGenerator<Buffer> {
  const hash = createHash('sha256')
  for await (const chunk of readSlice(slice)) {
    hash.update(chunk)
    yield chunk
  }
  const found = `sha256:${hash.digest('hex')}`
  if (found === digest) return
  throw new TcomposeError('image-invalid', `Cannot save blob ${digest}: it has the digest ${found}`, {
    hint: 'It has changed on the disk: get the image again with `tcompose pull`',
  })
}
