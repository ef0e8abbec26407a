import { TcomposeError } from '../../base/tcompose-error.ts'
import type { Image } from '../../model/image.ts'
import type { ImageMount } from '../../model/mount.ts'
import type { ResolvedMount } from '../container/container-input.ts'
import { displayPath } from '../host/byte-path.ts'
import { LayeredTree } from '../image/layered-tree.ts'

/**
 * Returns the files of `image` that `mount` shows. Links on the way to the subpath are resolved inside the image.
 *
 * @throws {TcomposeError} `image-path-not-found`.
 */
export function resolveImageMount(
  { image, target, subpath }: ImageMount,
  opened: Image,
  origin: string,
): ResolvedMount {
  const entry = new LayeredTree(opened.layers).lookup(subpath ?? '/')
  const isFile = entry?.stats.isFile() === true
  if (entry === undefined || !(isFile || entry.stats.isDirectory())) {
    throw new TcomposeError(
      'image-path-not-found',
      `Cannot mount "${subpath}" of image "${image}": the image has no such folder or file`,
      { hint: 'Correct the subpath, or use an image that has it', origin },
    )
  }
  const [first, ...more] = subpath === undefined ? opened.layers.toReversed() : entry.folders.map(displayPath)
  if (isFile || first === undefined || more.length === 0) {
    return {
      kind: 'bind',
      hostPath: first ?? displayPath(entry.hostPath),
      isFile,
      target,
      readOnly: true,
      recursive: false,
      propagation: 'rprivate',
      label: `image "${image}"`,
      origin,
    }
  }
  return { kind: 'image', image, folders: [...more.toReversed(), first], target, origin }
}
