import { statSync } from 'node:fs'
import { textAt } from '../base/json-reader.ts'
import { TcomposeError } from '../base/tcompose-error.ts'
import { parseRegistryName } from '../oci/reference.ts'
import { formatRegistryReference } from '../oci/registry-reference.ts'
import { blobPath } from './blobs/blob-path.ts'
import { findStoredImage } from './find-stored-image.ts'
import { addToIndex, removeFromIndex } from './images/image-index.ts'
import { imageKey } from './images/image-key.ts'
import { writeReferenceRecord } from './images/image-record.ts'
import { readDocument } from './read-document.ts'
import { manifestOf, readContents } from './store-contents.ts'
import { shareStore } from './store-lock.ts'
import type { StorePaths } from './store-paths.ts'

/**
 * Gives the image `source` the name `target` too, in place of the image that had it.
 *
 * @throws {TcomposeError} `image-not-found`; `bad-value` if `target` is no name of an image.
 */
export async function tagImage(paths: StorePaths, source: string, target: string): Promise<void> {
  const parsed = parseRegistryName(target)
  if (parsed === undefined || parsed.digest !== undefined) {
    throw new TcomposeError(
      'bad-value',
      `Cannot tag an image as "${target}": expected [registry/]name[:tag]`,
      {
        hint: 'A path or a digest cannot be used as a tag',
      },
    )
  }
  const name = imageKey(formatRegistryReference(parsed), undefined)
  using _shared = await shareStore(paths)
  const contents = readContents(paths)
  const { id } = findStoredImage(contents, { reference: source })
  const manifest = manifestOf(contents, id)
  const document = manifest === undefined ? undefined : readDocument(paths, manifest)
  if (manifest !== undefined && document !== undefined) {
    const { size } = statSync(blobPath(paths, manifest))
    await addToIndex(paths, {
      name,
      digest: manifest,
      size,
      mediaType: textAt(document, 'mediaType') ?? OCI_MANIFEST,
    })
    // The image that had the name is what a push of it would send.
  } else await removeFromIndex(paths, new Set([name]))
  writeReferenceRecord(paths, { reference: name, id, fingerprint: manifest ?? id })
}

/** The media type of a manifest that does not say its own. */
export const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json'
