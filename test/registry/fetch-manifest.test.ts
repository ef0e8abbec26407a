import { createServer, type RequestListener } from 'node:http'
import { expect, test } from 'vitest'
import { fetchManifest, type ManifestDocument } from '../../src/registry/fetch-manifest.ts'
import { registryEndpoint } from '../../src/registry/registry-endpoint.ts'
import { RegistrySession } from '../../src/registry/registry-session.ts'
import { close, listen } from '../support/registry/token-server.ts'

const TYPE = 'application/vnd.oci.image.manifest.v1+json'
const MANIFEST = JSON.stringify({ schemaVersion: 2, mediaType: TYPE, config: {}, layers: [] })

async function fetchFrom(listener: RequestListener): Promise<ManifestDocument> {
  const server = createServer(listener)
  const port = await listen(server)
  await using _closed = { [Symbol.asyncDispose]: () => close(server) }
  await using session = new RegistrySession({
    endpoint: registryEndpoint(`127.0.0.1:${port}`, new Map()),
    repository: 'a',
    purpose: { kind: 'pull', reference: 'a' },
    environment: {},
    wait: async () => {},
    signal: undefined,
  })
  return await fetchManifest({ session, reference: 'a', wanted: { tag: '1' } })
}

test('fetchManifest() asks again when the connection is reset', async () => {
  let asked = 0
  const { mediaType } = await fetchFrom((request, reply) => {
    asked += 1
    if (asked < 3) request.socket.resetAndDestroy()
    else reply.end(MANIFEST)
  })
  expect([mediaType, asked]).toEqual([TYPE, 3])
})

test('fetchManifest() asks again when the body breaks off', async () => {
  let asked = 0
  await fetchFrom((_, reply) => {
    asked += 1
    if (asked > 2) reply.end(MANIFEST)
    else {
      reply.writeHead(200, { 'content-length': MANIFEST.length })
      reply.write(MANIFEST.slice(0, 10), () => reply.destroy())
    }
  })
  expect(asked).toBe(3)
})

test('fetchManifest() says of a registry that resets each connection just that', async () => {
  let asked = 0
  const reset = fetchFrom(request => {
    asked += 1
    request.socket.resetAndDestroy()
  })
  await expect(reset).rejects.toMatchObject({
    code: 'registry-unreachable',
    message: expect.stringContaining('it closes connections'),
  })
  expect(asked).toBe(5)
})

test('fetchManifest() asks for manifests and indexes of both kinds', async () => {
  let accept: string | undefined
  await fetchFrom((request, reply) => {
    accept = request.headers.accept
    reply.end(MANIFEST)
  })
  expect(accept?.split(', ').toSorted()).toEqual([
    'application/vnd.docker.distribution.manifest.list.v2+json',
    'application/vnd.docker.distribution.manifest.v2+json',
    'application/vnd.oci.image.index.v1+json',
    'application/vnd.oci.image.manifest.v1+json',
  ])
})
