import { statSync } from 'node:fs'
import { textAt } from '../base/json-reader.ts'
import { TcomposeError } from '../base/tcompose-error.ts'
import { parseReference } from '../oci/reference.ts'
import { formatRegistryReference } from '../oci/registry-reference.ts'
import { blobPath } from './blobs/blob-store.ts'
import { findStoredImage } from './find-stored-image.ts'
import { addToIndex } from './images/image-index.ts'
import { imageKey } from './images/image-key.ts'
import { writeReferenceRecord } from './images/image-record.ts'
import { manifestOf, readContents, readDocument } from './store-contents.ts'
import { shareStore } from './store-lock.ts'
import type { StorePaths } from './store-paths.ts'

/**
 * Gives the image `source` the name `target` too, in place of the image that had it.
 *
 * @throws {TcomposeError} `image-not-found`; `bad-value` if `target` is no name of an image.
 */
export async function tagImage(roots: StorePaths, source: string, target: string): Promise<void> {
  const parsed = parseReference(target)
  if (parsed.kind !== 'registry' || parsed.digest !== undefined) {
    throw new TcomposeError('bad-value', `Cannot give the name "${target}": expected [registry/]name[:tag]`, {
      hint: 'A path or a digest is no name that can be given',
    })
  }
  const name = imageKey(formatRegistryReference(parsed), undefined)
  using _shared = await shareStore(roots)
  const contents = readContents(roots)
  const { id } = findStoredImage(contents, { reference: source })
  const manifest = manifestOf(contents, id)
  const document = manifest === undefined ? undefined : readDocument(roots, manifest)
  if (manifest !== undefined && document !== undefined) {
    const { size } = statSync(blobPath(roots, manifest))
    await addToIndex(roots, {
      name,
      digest: manifest,
      size,
      mediaType: textAt(document, 'mediaType') ?? OCI_MANIFEST,
    })
  }
  writeReferenceRecord(roots, { reference: name, id, fingerprint: manifest ?? id })
}

/** The media type of a manifest that does not say its own. */
export const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json'
