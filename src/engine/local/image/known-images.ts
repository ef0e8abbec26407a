import type { Image } from '../../../model/image.ts'
import { type ImageRequest, imageLabel } from '../../../model/image-request.ts'
import type { ObservedImage } from '../../../model/observed-state.ts'
import type { ImageKey } from '../../../store/images/image-key.ts'
import type { Roots } from '../state/layout.ts'
import { imageSource, lookupImage } from './source/image-sources.ts'

/** What was found out about images: each is looked up once, until something may have made it another. */
export interface KnownImages {
  /** Returns what the image is on this machine. @throws {TcomposeError} As `lookupImage`. */
  lookup(wanted: ImageRequest): ObservedImage
  /** Opens the image that `lookup` found. @throws {TcomposeError} `image-not-found` if it is not unpacked. */
  open(wanted: ImageRequest): Image
  /** Has the image looked up again, under every form of its name: it was fetched. */
  forget(wanted: ImageRequest): void
}

/** Looks an image up. */
export type ImageLookup = (roots: Roots, wanted: ImageRequest) => ObservedImage

/**
 * Returns what is known before the first lookup: nothing. What is found is safe to use only while nothing can remove
 * it: while the caller shares the store, or a lease keeps it. Another process may move a name to another image
 * meanwhile; the one that was found first is used until the end, as the plan was made for it.
 */
export function knownImages(roots: Roots, lookup: ImageLookup = lookupImage): KnownImages {
  const known = new Map<string, { readonly name: ImageKey; readonly found: ObservedImage }>()
  const look = (wanted: ImageRequest): ObservedImage => {
    const label = imageLabel(wanted)
    const entry = known.get(label) ?? {
      name: imageSource(roots, wanted).name,
      found: lookup(roots, wanted),
    }
    known.set(label, entry)
    return entry.found
  }
  return {
    lookup: look,
    open: wanted => imageSource(roots, wanted).open(look(wanted)),
    forget: wanted => {
      const { name } = imageSource(roots, wanted)
      for (const [label, entry] of known) if (entry.name === name) known.delete(label)
    },
  }
}
