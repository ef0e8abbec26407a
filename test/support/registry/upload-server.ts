import { createHash, randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { close, listen } from './token-server.ts'

/** A registry in memory that lets an interrupted upload resume, as the distribution specification allows. */
export interface UploadServer extends AsyncDisposable {
  /** `127.0.0.1:<port>`. */
  readonly host: string
  /** What was committed, by digest or tag. */
  readonly stored: ReadonlyMap<string, Buffer>
  /** `METHOD content-range` of requests for uploads, in order. */
  readonly calls: readonly string[]
}

/** Starts a registry that breaks the connection after each `breakAfter` bytes of an upload. */
export async function startUploadServer(breakAfter: number): Promise<UploadServer> {
  const stored = new Map<string, Buffer>()
  const uploads = new Map<string, Buffer>()
  const calls: string[] = []
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '', 'http://127.0.0.1')
    const [, kind = '', name = ''] = /\/(manifests|blobs|blobs\/uploads)\/([^/]*)$/.exec(url.pathname) ?? []
    const exchange = { request, response, name, digest: url.searchParams.get('digest'), stored, uploads }
    if (kind === 'blobs/uploads') {
      calls.push(`${request.method} ${request.headers['content-range'] ?? ''}`.trim())
      await answerUpload({ ...exchange, breakAfter }).catch(() => response.destroy())
    } else await answerStored(exchange)
  })
  const port = await listen(server)
  return { host: `127.0.0.1:${port}`, stored, calls, [Symbol.asyncDispose]: () => close(server) }
}

interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly name: string
  readonly digest: string | null
  readonly stored: Map<string, Buffer>
  readonly uploads: Map<string, Buffer>
}

async function answerUpload(exchange: Exchange & { readonly breakAfter: number }): Promise<void> {
  const { request, response, name, digest, stored, uploads, breakAfter } = exchange
  const id = request.method === 'POST' ? randomUUID() : name
  const present = uploads.get(id) ?? Buffer.alloc(0)
  if (request.method === 'PATCH') {
    const start = Number(request.headers['content-range']?.split('-')[0] ?? 0)
    if (start !== present.length) return void response.writeHead(416).end()
    const { bytes, isBroken } = await readBody(request, breakAfter)
    uploads.set(id, Buffer.concat([present, bytes]))
    if (isBroken) return void response.destroy()
  } else if (request.method === 'PUT') {
    request.resume()
    const found = digestOf(present)
    if (found !== digest) return void response.writeHead(400).end()
    stored.set(found, present)
    return void response.writeHead(201, { 'docker-content-digest': found }).end()
  } else uploads.set(id, present)
  const size = uploads.get(id)?.length ?? 0
  response
    .writeHead(request.method === 'GET' ? 204 : 202, {
      location: `/v2/a/b/blobs/uploads/${id}`,
      range: `0-${Math.max(0, size - 1)}`,
    })
    .end()
}

/** Stops reading a body that has more than `limit` bytes. */
async function readBody(
  request: IncomingMessage,
  limit: number,
): Promise<{ readonly bytes: Buffer; readonly isBroken: boolean }> {
  let bytes = Buffer.alloc(0)
  for await (const chunk of request) {
    bytes = Buffer.concat([bytes, chunk])
    if (bytes.length > limit) return { bytes: bytes.subarray(0, limit), isBroken: true }
  }
  return { bytes, isBroken: false }
}

async function answerStored({ request, response, name, stored }: Exchange): Promise<void> {
  if (request.method === 'PUT') {
    const { bytes } = await readBody(request, Number.POSITIVE_INFINITY)
    stored.set(name, bytes)
    response.writeHead(201, { 'docker-content-digest': digestOf(bytes) }).end()
    return
  }
  const bytes = stored.get(name)
  if (bytes === undefined) return void response.writeHead(404).end()
  response.writeHead(200, { 'docker-content-digest': digestOf(bytes) })
  response.end(request.method === 'HEAD' ? undefined : bytes)
}

function digestOf(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`
}
