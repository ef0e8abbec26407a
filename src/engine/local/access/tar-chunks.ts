import { setImmediate as nextTurn } from 'node:timers/promises'
import { folderTar, type TarSource } from '../../../archive/folder-tar.ts'
import { bytePath } from '../../../disk/byte-path.ts'
import { isImageXattr } from '../../../store/layers/image-xattr.ts'

/** Chunks between two looks at the rest of the world. */
const TURN = 32

/**
 * Yields the archive of files of a container, named `as`, and gives way to the event loop now and then.
 *
 * @throws {DOMException} `AbortError` if `signal` aborts.
 */
export async function* tarChunks(
  place: Pick<TarSource, 'folder' | 'name'>,
  as: string,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  let count = 0
  for (const chunk of folderTar({ ...place, as: bytePath(as), keepsXattr: isImageXattr })) {
    yield chunk
    count += 1
    if (count % TURN !== 0) continue
    await nextTurn()
    signal.throwIfAborted()
  }
}
