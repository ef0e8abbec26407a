import type { Digest } from '../base/digest.ts'
import { textAt } from '../base/json-reader.ts'
import type { PruneImagesOptions, RemovedImages } from '../model/stored-image.ts'
import { type CollectOptions, collectGarbage, type ImageChoice, type StoreView } from './collect-garbage.ts'
import { imageIds, readDocument } from './store-contents.ts'
import type { StorePaths } from './store-paths.ts'

/**
 * Removes images that no container and no process needs: those without a name, or all. With them goes what nothing
 * leads to, downloads that were cut short, and what processes left that died.
 *
 * @throws {TcomposeError} `state-corrupt` or `state-version`: what cannot be read might need anything.
 */
export async function pruneImages(
  roots: StorePaths,
  { all, until, ...options }: PruneImagesOptions & Pick<CollectOptions, 'readUsers' | 'onStep'>,
): Promise<RemovedImages> {
  const choose = (view: StoreView): ImageChoice => {
    const { names } = view.contents
    const images = imageIds(view.contents)
      .filter(id => all || !names.has(id))
      .filter(id => !view.users.has(id) && !view.isLeased(id))
      .filter(id => until === undefined || isOlder(roots, id, until))
    return { names: new Set(images.flatMap(id => names.get(id) ?? [])), images: new Set(images) }
  }
  return await collectGarbage(roots, { ...options, partials: true, choose })
}

/** An image that does not say when it was made is not older. */
function isOlder(roots: StorePaths, id: Digest, until: number): boolean {
  const created = readDocument(roots, id)
  try {
    return created !== undefined && Date.parse(textAt(created, 'created') ?? '') < until
  } catch (error) {
    if (error instanceof SyntaxError) return false
    throw error
  }
}
