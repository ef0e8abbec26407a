import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type PushRequest, pushLayout } from './push-layout.ts'

const INDEX = 'application/vnd.oci.image.index.v1+json'

/** Pushes the images of `layouts`, by `linux/<architecture>`, as one of several platforms, and returns its digest. */
export async function pushPlatforms(
  layouts: ReadonlyMap<string, string>,
  target: Omit<PushRequest, 'layout'>,
): Promise<string> {
  const manifests = []
  for (const [platform, layout] of layouts) {
    const [os, architecture] = platform.split('/')
    const digest = await pushLayout({ ...target, layout, tag: `${target.tag}-${architecture}` })
    const size = readFileSync(join(layout, 'blobs', digest.replace(':', '/'))).length
    const mediaType = 'application/vnd.oci.image.manifest.v1+json'
    manifests.push({ mediaType, digest, size, platform: { os, architecture } })
  }
  const body = JSON.stringify({ schemaVersion: 2, mediaType: INDEX, manifests })
  const url = `http://${target.host}/v2/${target.repository}/manifests/${target.tag}`
  const reply = await fetch(url, { method: 'PUT', body, headers: { 'content-type': INDEX } })
  if (reply.status !== 201) throw new Error(`PUT ${url}: ${reply.status} ${await reply.text()}`)
  return `sha256:${createHash('sha256').update(body).digest('hex')}`
}
