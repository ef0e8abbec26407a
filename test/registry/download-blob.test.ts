import { readFileSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { sha256 } from '../../src/archive/content-source.ts'
import { parseDigest } from '../../src/base/digest.ts'
import { downloadBlob } from '../../src/registry/download-blob.ts'
import { registryEndpoint } from '../../src/registry/registry-endpoint.ts'
import { RegistrySession } from '../../src/registry/registry-session.ts'
import { close, listen } from '../support/registry/token-server.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const BLOB = Buffer.from('a blob that comes byte by byte, and slowly at that')
const FLOOR = { bytesPerSecond: 1000, overMs: 60 }

/** Downloads the blob from a server that answers as `listener` says. */
async function download(file: string, listener: RequestListener): Promise<void> {
  const server = createServer(listener)
  const port = await listen(server)
  await using _closed = { [Symbol.asyncDispose]: () => close(server) }
  const wait = async () => {}
  await using session = new RegistrySession({
    endpoint: registryEndpoint(`127.0.0.1:${port}`, new Map()),
    repository: 'a',
    purpose: { kind: 'pull', reference: 'a' },
    environment: {},
    wait,
    signal: undefined,
    floor: FLOOR,
  })
  const digest = parseDigest(sha256(BLOB))
  await downloadBlob({
    ...{ session, reference: 'a', digest, size: BLOB.length, file, onBytes: () => {}, wait },
    signal: undefined,
  })
}

/** Sends a byte each 20 ms until the client goes. */
const drip: RequestListener = (_, reply) => {
  reply.writeHead(200, { 'content-length': BLOB.length })
  let sent = 0
  const timer = setInterval(() => {
    reply.write(BLOB.subarray(sent, sent + 1))
    sent += 1
  }, 20)
  reply.on('close', () => clearInterval(timer))
}

test('downloadBlob() leaves a connection that drips, and goes on at the byte where it was', async () => {
  using folder = temporaryFolder()
  const file = join(folder.path, 'blob')
  const ranges: (string | undefined)[] = []
  await download(file, (request, reply) => {
    const { range } = request.headers
    ranges.push(range)
    if (range === undefined) return drip(request, reply)
    const from = Number(/^bytes=(\d+)-$/.exec(range)?.[1])
    reply
      .writeHead(206, { 'content-range': `bytes ${from}-${BLOB.length - 1}/${BLOB.length}` })
      .end(BLOB.subarray(from))
  })
  expect(readFileSync(file)).toEqual(BLOB)
  expect(ranges).toEqual([undefined, expect.stringMatching(/^bytes=[1-9]/)])
})

test('downloadBlob() gives up a registry that does nothing but drip', async () => {
  using folder = temporaryFolder()
  let asked = 0
  const dripping = download(join(folder.path, 'blob'), (request, reply) => {
    asked += 1
    drip(request, reply)
  })
  await expect(dripping).rejects.toMatchObject({
    code: 'registry-unreachable',
    message: expect.stringContaining('answers too slowly: it sends less than 1000 bytes a second'),
  })
  expect(asked).toBe(5)
})
