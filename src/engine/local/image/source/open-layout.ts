import { createWriteStream, mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { compressionOf, decompressed } from '../../../../archive/decompress.ts'
import { loadSlice, readSlice } from '../../../../disk/file-slice.ts'
import { removeTree } from '../../../../disk/remove-tree.ts'
import { temporaryName } from '../../../../disk/temporary-name.ts'
import type { ImageRequest } from '../../../../model/image-request.ts'
import { imageInvalid, imageNotFound, otherDigest } from '../../../../oci/image-errors.ts'
import { foreignPlatform, machinePlatform } from '../../../../oci/platform.ts'
import type { ImageInFile } from '../../../../oci/reference.ts'
import { asImageError, withReference } from '../../../../oci/with-reference.ts'
import { imageFolders } from '../../../../store/images/image-record.ts'
import type { LocatedImage, OpenedImage } from '../../../../store/images/located-image.ts'
import type { Roots } from '../../state/layout.ts'
import type { LayoutFormat } from './layout-format.ts'

/** An image, and the folder or archive that is to hold it. */
export interface LayoutPlace {
  readonly wanted: ImageRequest
  readonly parsed: ImageInFile
  readonly format: LayoutFormat
}

/**
 * Finds the image in a folder or a plain archive: some small reads. Returns undefined for an archive that must be
 * decompressed to be read.
 *
 * @throws {TcomposeError} `image-not-found` or `image-invalid`.
 */
export function locateInLayout(place: LayoutPlace): LocatedImage | undefined {
  const { wanted, parsed, format } = place
  requireSource(place)
  if (format.form === 'archive' && isCompressed(parsed.path)) return undefined
  return withReference(wanted.reference, () => locateIn(parsed.path, place))
}

/**
 * `locateInLayout` for every kind of archive: a compressed one is decompressed into the data folder first.
 *
 * @throws {TcomposeError} `image-not-found` or `image-invalid`.
 */
export async function openLayout(roots: Roots, place: LayoutPlace): Promise<OpenedImage> {
  const { wanted, parsed } = place
  const located = locateInLayout(place)
  if (located !== undefined) return { ...located, [Symbol.asyncDispose]: async () => {} }
  const { images } = imageFolders(roots)
  const temporary = join(images, temporaryName())
  const remove = () => removeTree(temporary)
  try {
    mkdirSync(images, { recursive: true, mode: 0o700 })
    await decompressTo(parsed.path, temporary)
    const inside = withReference(wanted.reference, () => locateIn(temporary, place))
    return { ...inside, [Symbol.asyncDispose]: remove }
  } catch (error) {
    await remove()
    throw asImageError(wanted.reference, error)
  }
}

function locateIn(
  path: string,
  { wanted: { reference, platform }, parsed: { tag, digest }, format }: LayoutPlace,
): LocatedImage {
  const choice = { reference, tag, platform: foreignPlatform(platform) ?? machinePlatform() }
  const source = format.filesIn(path)
  const found = format.find(source, choice)
  if (digest !== undefined && digest !== found.id) throw otherDigest(reference, found.id)
  return { source, found }
}

function requireSource({ wanted: { reference }, parsed: { path }, format: { form } }: LayoutPlace): void {
  const stats = statSync(path, { throwIfNoEntry: false })
  const expected = form === 'folder' ? 'a folder in the OCI image layout' : 'an archive'
  if (stats === undefined) {
    throw imageNotFound(reference, `"${path}" does not exist, expected ${expected}`, 'Check the path')
  }
  if (stats.isDirectory() !== (form === 'folder')) {
    throw imageInvalid(
      reference,
      `"${path}" is a ${stats.isDirectory() ? 'folder' : 'file'}, expected ${expected}`,
    )
  }
}

function isCompressed(file: string): boolean {
  return compressionOf(loadSlice({ file, offset: 0, size: 4 })) !== 'none'
}

async function decompressTo(file: string, temporary: string): Promise<void> {
  const archive = { file, offset: 0, size: statSync(file).size }
  try {
    await pipeline(
      Readable.from(decompressed(readSlice(archive))),
      createWriteStream(temporary, { mode: 0o600 }),
    )
  } catch (error) {
    const isSystem = error instanceof Error && 'syscall' in error
    throw isSystem ? error : new SyntaxError(`it cannot be decompressed: ${String(error)}`)
  }
}
