import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

/** Returns `sha256:` and the hex digest. */
export function digestOf(bytes: Buffer | string): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`
}

/** An image whose layers are tar archives given as bytes. */
export interface HandMadeImage {
  readonly layers: readonly Buffer[]
  readonly config?: object
  readonly tag?: string
  readonly platform?: object
  /** Written to the configuration instead of the true diffIDs. */
  readonly diffIds?: readonly string[]
}

/** Writes an OCI layout with `images`, valid or not as given, and returns their config digests. */
export function writeLayout(folder: string, images: readonly HandMadeImage[]): readonly string[] {
  mkdirSync(join(folder, 'blobs/sha256'), { recursive: true })
  writeFileSync(join(folder, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}')
  const written = images.map(image => writeImage(folder, image))
  const manifests = written.map(({ manifest }) => manifest)
  writeFileSync(join(folder, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests }))
  return written.map(({ id }) => id)
}

/** Writes a blob and returns its descriptor. */
export function writeBlob(folder: string, content: Buffer | object): { digest: string; size: number } {
  const bytes = Buffer.isBuffer(content) ? content : Buffer.from(JSON.stringify(content))
  const digest = digestOf(bytes)
  writeFileSync(join(folder, 'blobs/sha256', digest.slice('sha256:'.length)), bytes)
  return { digest, size: bytes.length }
}

/** Returns the configuration that `writeLayout` writes for the image. */
export function imageDocument({ layers, config = {}, diffIds }: HandMadeImage): object {
  return { config, rootfs: { type: 'layers', diff_ids: diffIds ?? layers.map(digestOf) } }
}

function writeImage(
  folder: string,
  image: HandMadeImage,
): { readonly id: string; readonly manifest: object } {
  const config = writeBlob(folder, imageDocument(image))
  const layers = image.layers.map(layer => writeBlob(folder, gzipSync(layer)))
  const annotations = image.tag === undefined ? {} : { 'org.opencontainers.image.ref.name': image.tag }
  const platform = image.platform === undefined ? {} : { platform: image.platform }
  const manifest = writeBlob(folder, { schemaVersion: 2, config, layers })
  return { id: config.digest, manifest: { ...manifest, annotations, ...platform } }
}
