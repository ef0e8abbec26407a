import type { ImageRequest } from '../../../model/image-request.ts'
import type {
  ArchiveInput,
  ArchiveOutput,
  LoadOptions,
  PruneImagesOptions,
  RemoveImagesOptions,
  SaveRequest,
} from '../../../model/stored-image.ts'
import type { ImageStore } from '../../image-store.ts'
import type { Roots } from '../state/layout.ts'
import { requireOwnFolders } from '../state/require-own-folders.ts'

/** Returns the store of this machine. What works on it is loaded by the commands that need it. */
export function localImageStore(roots: Roots): ImageStore {
  const working = () => {
    requireOwnFolders(roots)
    return import('./store-work.ts')
  }
  return {
    list: async () => (await working()).listStoredImages(roots),
    inspect: async (image: ImageRequest) => (await working()).inspectImage(roots, image),
    tag: async (source: string, target: string) => (await working()).tagImage(roots, source, target),
    remove: async (images: readonly ImageRequest[], { force }: RemoveImagesOptions) =>
      (await working()).removeImages(roots, { images, force }),
    prune: async (options: PruneImagesOptions) => (await working()).pruneImages(roots, options),
    pruneVolumes: async (options: { readonly all: boolean }) =>
      (await working()).pruneVolumes(roots, options),
    usage: async () => (await working()).readStoreUsage(roots),
    load: async (source: ArchiveInput, options: LoadOptions) =>
      (await working()).loadImages(roots, source, options),
    save: async (request: SaveRequest, output: ArchiveOutput) =>
      (await working()).saveImages(roots, request, output),
  }
}
