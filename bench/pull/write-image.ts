import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A blob of a layout. */
export interface Blob {
  readonly digest: string
  readonly size: number
}

/** A layer whose blob is in its layout. */
export interface WrittenLayer {
  readonly diffId: string
  readonly blob: Blob
}

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json'

/** Writes configuration, manifest and index of the image of these gzipped layers into the layout `target`. */
export function writeImage(target: string, layers: readonly WrittenLayer[]): void {
  const config = writeJson(target, {
    architecture: process.arch === 'x64' ? 'amd64' : process.arch,
    os: 'linux',
    config: { Cmd: ['true'] },
    rootfs: { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) },
  })
  const manifest = writeJson(target, {
    schemaVersion: 2,
    mediaType: MANIFEST,
    config: { mediaType: 'application/vnd.oci.image.config.v1+json', ...config },
    layers: layers.map(({ blob }) => ({ mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', ...blob })),
  })
  writeFileSync(join(target, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}')
  const index = { schemaVersion: 2, manifests: [{ mediaType: MANIFEST, ...manifest }] }
  writeFileSync(join(target, 'index.json'), JSON.stringify(index))
}

function writeJson(target: string, value: unknown): Blob {
  const bytes = Buffer.from(JSON.stringify(value))
  const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`
  writeFileSync(join(target, 'blobs', digest.replace(':', '/')), bytes)
  return { digest, size: bytes.length }
}
