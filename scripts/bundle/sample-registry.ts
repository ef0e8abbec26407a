import { createHash } from 'node:crypto'
import { createServer } from 'node:http'

/**
 * A program: a registry in which every name is an image without layers. Prints its port on 127.0.0.1. It is a process
 * of its own because training commands block the one that starts them.
 */
const config = JSON.stringify({
  architecture: process.arch === 'x64' ? 'amd64' : process.arch,
  os: 'linux',
  config: {},
  rootfs: { type: 'layers', diff_ids: [] },
})
const manifest = JSON.stringify({
  schemaVersion: 2,
  mediaType: 'application/vnd.oci.image.manifest.v1+json',
  config: {
    mediaType: 'application/vnd.oci.image.config.v1+json',
    digest: digestOf(config),
    size: config.length,
  },
  layers: [],
})

const server = createServer(({ url = '' }, response) => {
  const isManifest = url.includes('/manifests/')
  const body = isManifest ? manifest : url.includes('/blobs/') ? config : '{}'
  response
    .writeHead(200, {
      'content-type': isManifest ? 'application/vnd.oci.image.manifest.v1+json' : 'application/json',
      'content-length': body.length,
      'docker-content-digest': digestOf(body),
    })
    .end(body)
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  if (typeof address === 'object') console.log(address?.port)
})

function digestOf(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`
}
