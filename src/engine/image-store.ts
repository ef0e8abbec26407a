import type { ImageRequest } from '../model/image-request.ts'
import type {
  ArchiveInput,
  ArchiveOutput,
  ImageDetails,
  LoadedImage,
  LoadOptions,
  PruneBuildCacheOptions,
  PrunedBuildCache,
  PruneImagesOptions,
  RemovedImages,
  RemovedVolumes,
  RemoveImagesOptions,
  SaveRequest,
  StoredImage,
  StoreUsage,
} from '../model/stored-image.ts'

/** The images of an engine, and what they take up. Names are full references: `docker.io/library/redis:7`. */
export interface ImageStore {
  /** Returns every image, the newest first. */
  list(): Promise<readonly StoredImage[]>
  /** Returns what is known of an image. @throws {TcomposeError} `image-not-found`. */
  inspect(image: ImageRequest): Promise<ImageDetails>
  /** Gives an image another name, in place of the one that had it. @throws {TcomposeError} `image-not-found`. */
  tag(source: string, target: string): Promise<void>
  /**
   * Takes names away, and images that have none then with all that only they need.
   *
   * @throws {TcomposeError} `image-not-found`; `image-in-use` if a container needs one. Nothing is removed then.
   */
  remove(images: readonly ImageRequest[], options: RemoveImagesOptions): Promise<RemovedImages>
  /** Removes images that no container needs, and what no image needs. */
  prune(options: PruneImagesOptions): Promise<RemovedImages>
  /** Removes volumes that neither a container nor a project needs. */
  pruneVolumes(options: { readonly all: boolean }): Promise<RemovedVolumes>
  /** Makes builds forget steps and cache folders, and removes layers that nothing needs then. */
  pruneBuildCache(options: PruneBuildCacheOptions): Promise<PrunedBuildCache>
  /** Returns what the store takes up. */
  usage(): Promise<StoreUsage>
  /** Stores the images of an archive and unpacks their layers. */
  load(source: ArchiveInput, options: LoadOptions): Promise<readonly LoadedImage[]>
  /** Writes images as one archive, the same bytes for the same images. */
  save(request: SaveRequest, output: ArchiveOutput): Promise<void>
}
