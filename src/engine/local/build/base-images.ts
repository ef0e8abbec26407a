import type { Digest } from '../../../base/digest.ts'
import { sha256Hex } from '../../../base/sha256.ts'
import type { SourceSpan } from '../../../base/source-span.ts'
import { TcomposeError } from '../../../base/tcompose-error.ts'
import type { BaseImage } from '../../../planner/build/build-graph.ts'
import type { NeededImage } from '../../../planner/build/build-request.ts'
import type { LayerSealer } from '../../../store/built/layer-sealer.ts'
import { mountedLayers, readImageRecord } from '../../../store/images/image-record.ts'
import type { Lease, LeasedThing } from '../../../store/lease.ts'
import { readDocument } from '../../../store/read-document.ts'
import { imageSource } from '../image/source/image-sources.ts'
import type { Roots } from '../state/layout.ts'
import type { BuildLayer } from './build-layer.ts'
import { storedLayer } from './stored-layer.ts'

/** An image that a build starts from or copies from. */
export interface BuildBase extends BaseImage {
  /** The same for images of the same layers. */
  readonly resultId: string
  /** The lowest first, each once. */
  readonly layers: readonly BuildLayer[]
}

export interface FetchBaseOptions {
  /** `always` asks the registry also for what is there; `never` asks none. */
  readonly policy: 'missing' | 'always' | 'never'
  readonly signal: AbortSignal
  /** Keeps the image while the build needs it. */
  readonly lease: Lease
  readonly sealer: LayerSealer
  readonly onProgress: (image: string, bytesDone: number, bytesTotal: number) => void
  /** @default nobody is warned */
  readonly onWarning?: (message: string, span: SourceSpan) => void
}

/**
 * Returns an image for a build, fetched if it has to be; undefined for one that is not there if none may be fetched.
 *
 * @throws {TcomposeError} As `ImageSource.fetch`, with the place that names the image.
 */
export async function fetchBase(
  roots: Roots,
  needed: NeededImage,
  options: FetchBaseOptions,
): Promise<BuildBase | undefined> {
  try {
    return await findOrFetch(roots, needed, options)
  } catch (error) {
    throw error instanceof TcomposeError ? withHint(error, needed).within(needed.span) : error
  }
}

/** A name that is that of no image may be meant as that of a stage, also where it cannot be known that there is none. */
function withHint(error: TcomposeError, { hint }: NeededImage): TcomposeError {
  if (hint === undefined) return error
  const { code, message, notes, cause } = error
  if (code === 'image-not-found') return new TcomposeError(code, message, { hint, notes, cause })
  const own = error.hint === undefined ? {} : { hint: error.hint }
  return new TcomposeError(code, message, { ...own, notes: [...notes, hint], cause })
}

async function findOrFetch(
  roots: Roots,
  needed: NeededImage,
  { policy, signal, lease, sealer, onProgress, onWarning = () => {} }: FetchBaseOptions,
): Promise<BuildBase | undefined> {
  const { reference, platform, span } = needed
  const wanted = { reference, platform }
  const source = imageSource(roots, wanted)
  const found = source.lookup()
  if (found.kind === 'present' && found.unpacked && policy !== 'always') {
    const base = await openBase(roots, found.id, { lease, sealer })
    // A folder has a record only once it was used.
    if (base !== undefined) return base
  }
  const other = policy === 'always' ? undefined : otherPlatform(roots, needed)
  if (other !== undefined) {
    onWarning(`Image "${reference}" is not for ${platform}, as this FROM wants it; it is used as it is`, span)
    return await openBase(roots, other, { lease, sealer })
  }
  if (policy === 'never') return undefined
  const { id } = await source.fetch({
    signal,
    lease,
    policy,
    onProgress: ({ bytesDone, bytesTotal }) => onProgress(reference, bytesDone, bytesTotal),
  })
  return await openBase(roots, id, { lease, sealer })
}

/** BuildKit takes an image that is there for a platform that it is not made for. */
function otherPlatform(roots: Roots, { reference, platform }: NeededImage): Digest | undefined {
  if (platform === undefined) return undefined
  const found = imageSource(roots, { reference }).lookup()
  return found.kind === 'present' && found.unpacked ? found.id : undefined
}

async function openBase(
  roots: Roots,
  id: Digest,
  { lease, sealer }: Pick<FetchBaseOptions, 'lease' | 'sealer'>,
): Promise<BuildBase | undefined> {
  const record = readImageRecord(roots, id)
  if (record === undefined) return undefined
  if (record.content.kind === 'folder') {
    throw new TcomposeError(
      'build-unsupported',
      `Cannot build on "${record.reference}": it is a folder, expected an image with layers`,
    )
  }
  const layers = mountedLayers(record.content)
  await lease.keep([`image ${id}`, ...layers.map((diffId): LeasedThing => `layer ${diffId}`)])
  const document = readDocument(roots, id)
  if (document === undefined) {
    throw new TcomposeError(
      'image-invalid',
      `Cannot build on "${record.reference}": its configuration is not in the store`,
      {
        hint: `Run "tcompose image rm ${record.reference}" and build again`,
      },
    )
  }
  return {
    document,
    resultId: sha256Hex(`image ${layers.join(' ')}`),
    layers: layers.map(diffId => storedLayer(roots, diffId, sealer)),
  }
}
