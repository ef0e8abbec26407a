import type { Digest } from '../../../../base/digest.ts'
import type { FetchProgress } from '../../../../model/fetch-progress.ts'
import type { Image } from '../../../../model/image.ts'
import type { ImageRequest } from '../../../../model/image-request.ts'
import type { ObservedImage } from '../../../../model/observed-state.ts'
import type { PullRequest } from '../../../../registry/pull-image.ts'
import type { PushRequest } from '../../../../registry/push-request.ts'
import type { ImageKey } from '../../../../store/images/image-key.ts'
import type { OpenedImage } from '../../../../store/images/located-image.ts'
import type { Lease } from '../../../../store/lease.ts'
import type { Roots } from '../../state/layout.ts'

/** A request for an image together with where it comes from. */
export interface SourceRequest<Reference> {
  readonly roots: Roots
  readonly wanted: ImageRequest
  /** The parsed `wanted.reference`. */
  readonly parsed: Reference
}

/** Where one image comes from, and all that differs between the kinds of such places. */
export interface ImageSource {
  /** The name that the store gives the image. */
  readonly name: ImageKey
  /** Whether images of this kind are made for a platform. */
  readonly hasPlatforms: boolean

  /**
   * Returns what the image is now on this machine, without unpacking or writing anything and without asking a registry.
   * A source that is gone leaves the image that was fetched from it; one that is broken counts as absent, and `fetch`
   * says why.
   *
   * @throws {TcomposeError} `state-corrupt` if a record of the store is damaged.
   */
  lookup(): ObservedImage

  /**
   * Opens the image that `lookup` found.
   *
   * @throws {TcomposeError} `image-not-found` if its layers are not unpacked.
   */
  open(found: ObservedImage): Image

  /**
   * Checks that the image can be fetched, without fetching it. A registry is not asked: that would take as long as
   * getting the image's manifest.
   *
   * @throws {TcomposeError} `image-not-found`, `image-invalid`.
   */
  check(): void

  /**
   * Makes the image ready to be mounted: finds it, checks it, unpacks the layers that are missing. What the store has
   * of a registry's image is not downloaded again.
   *
   * @throws {TcomposeError} `image-not-found`, `image-invalid` or `image-layer`; for a registry's image as `pullImage`.
   * @throws {DOMException} `AbortError` if `signal` aborts during a download.
   */
  fetch(options: FetchOptions): Promise<Image>

  /**
   * Returns the reference with the digest of the image that it names at this moment; as it is if it has one or the image
   * has none. A registry is asked what a tag means.
   *
   * @throws {TcomposeError} `image-not-found` or `image-invalid`; for a registry's image as `resolveDigest`.
   */
  pin(): Promise<string>

  /**
   * Asks the registry which image the reference names now; undefined for an image that has no registry.
   *
   * @throws {TcomposeError} As `askImageId`.
   */
  ask(signal: AbortSignal | undefined): Promise<Digest | undefined>

  /**
   * Pushes the stored image to the registry that the reference leads to.
   *
   * @throws {TcomposeError} `image-source-unsupported` if it leads to none; else as `pushImage`.
   */
  push(options: PushOptions): Promise<void>

  /** Returns the platforms that the image is known to be made for, none where nothing is known. No registry is asked. */
  platforms(): readonly string[]

  /**
   * Opens the packed files of the image where they came from; undefined for a source that has none on this machine.
   * Errors call the image `label`.
   *
   * @throws {TcomposeError} `image-not-found` or `image-invalid`.
   */
  openFiles(label: string): Promise<OpenedImage | undefined>
}

/** How to fetch an image. */
export interface FetchOptions {
  readonly onProgress: (progress: FetchProgress) => void
  /** Ends a download; what arrived is kept. */
  readonly signal?: AbortSignal
  /** `always` asks a registry also for what the store has, `never` asks none. @default missing */
  readonly policy?: PullRequest['policy']
  /** Keeps the image longer than until its record is written. */
  readonly lease?: Lease
}

/** How to push an image. */
export type PushOptions = Pick<PushRequest, 'signal' | 'onProgress' | 'openSource'>
