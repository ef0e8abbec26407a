import { createWriteStream, mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { archiveSource } from '../../archive/archive-index.ts'
import { type ContentSource, folderSource } from '../../archive/content-source.ts'
import { compressionOf, decompressed } from '../../archive/decompress.ts'
import { loadSlice, readSlice } from '../../disk/file-slice.ts'
import { removeTree } from '../../disk/remove-tree.ts'
import { temporaryName } from '../../disk/temporary-name.ts'
import type { ImageRequest } from '../../model/image-request.ts'
import { findDockerImage } from '../../oci/docker-archive.ts'
import { imageInvalid, imageNotFound, otherDigest } from '../../oci/image-errors.ts'
import { findOciImage } from '../../oci/image-layout.ts'
import { foreignPlatform, machinePlatform } from '../../oci/platform.ts'
import type { LocalReference } from '../../oci/reference.ts'
import type { ResolvedImage } from '../../oci/resolved-image.ts'
import type { StorePaths } from '../store-paths.ts'
import { imageFolders } from './image-record.ts'

/** A local source with images in it to choose from. */
export type LayoutReference = Exclude<LocalReference, { kind: 'rootfs' }>

/** An image that was found, and where its files are. */
export interface LocatedImage {
  readonly found: ResolvedImage
  readonly source: ContentSource
}

/**
 * Finds the image in a folder or a plain archive: some small reads. Returns undefined for an archive that must be
 * decompressed to be read.
 *
 * @throws {TcomposeError} `image-not-found` or `image-invalid`.
 */
export function locateImage(
  { reference, platform }: ImageRequest,
  parsed: LayoutReference,
): LocatedImage | undefined {
  requireSource(reference, parsed)
  if (parsed.kind !== 'oci' && isCompressed(parsed.path)) return undefined
  return withReference(reference, () => locateIn(parsed.path, { reference, platform }, parsed))
}

/** An image's files, which may be temporary: they are there until it is disposed. */
export interface OpenedImage extends LocatedImage, AsyncDisposable {}

/**
 * `locateImage` for every kind of archive: a compressed one is decompressed into the data folder first.
 *
 * @throws {TcomposeError} `image-not-found` or `image-invalid`.
 */
export async function openImageSource(
  roots: StorePaths,
  wanted: ImageRequest,
  parsed: LayoutReference,
): Promise<OpenedImage> {
  const { reference } = wanted
  const located = locateImage(wanted, parsed)
  if (located !== undefined) return { ...located, [Symbol.asyncDispose]: async () => {} }
  const temporary = join(imageFolders(roots).images, temporaryName())
  const remove = () => removeTree(temporary)
  try {
    await decompressTo(parsed.path, temporary, roots)
    const inside = withReference(reference, () => locateIn(temporary, wanted, parsed))
    return { ...inside, [Symbol.asyncDispose]: remove }
  } catch (error) {
    await remove()
    throw asImageError(reference, error)
  }
}

/** Tells one state of the source's file from another; undefined if it is gone. */
export function sourceFingerprint(parsed: LayoutReference): string | undefined {
  const file = parsed.kind === 'oci' ? join(parsed.path, 'index.json') : parsed.path
  const stats = statSync(file, { bigint: true, throwIfNoEntry: false })
  if (stats === undefined) return undefined
  return [stats.dev, stats.ino, stats.size, stats.mtimeNs, stats.ctimeNs].join(':')
}

/** Runs `read`, and names the image in what it throws. */
export function withReference<T>(reference: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw asImageError(reference, error)
  }
}

function asImageError(reference: string, error: unknown): unknown {
  return error instanceof SyntaxError ? imageInvalid(reference, error.message, error) : error
}

function locateIn(
  path: string,
  { reference, platform }: ImageRequest,
  parsed: LayoutReference,
): LocatedImage {
  const choice = { reference, tag: parsed.tag, platform: foreignPlatform(platform) ?? machinePlatform() }
  const source = parsed.kind === 'oci' ? folderSource(path) : archiveSource(path)
  const find = parsed.kind === 'docker-archive' ? findDockerImage : findOciImage
  const found = find(source, choice)
  if (parsed.digest !== undefined && parsed.digest !== found.id) throw otherDigest(reference, found.id)
  return { source, found }
}

function requireSource(reference: string, { kind, path }: LayoutReference): void {
  const stats = statSync(path, { throwIfNoEntry: false })
  const wanted = kind === 'oci' ? 'a folder in the OCI image layout' : 'an archive'
  if (stats === undefined) {
    throw imageNotFound(reference, `"${path}" does not exist, expected ${wanted}`, 'Check the path')
  }
  if (stats.isDirectory() !== (kind === 'oci')) {
    throw imageInvalid(
      reference,
      `"${path}" is a ${stats.isDirectory() ? 'folder' : 'file'}, expected ${wanted}`,
    )
  }
}

function isCompressed(file: string): boolean {
  return compressionOf(loadSlice({ file, offset: 0, size: 4 })) !== 'none'
}

async function decompressTo(file: string, temporary: string, roots: StorePaths): Promise<void> {
  mkdirSync(imageFolders(roots).images, { recursive: true, mode: 0o700 })
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
