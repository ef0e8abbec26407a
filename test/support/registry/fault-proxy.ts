import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { close, listen } from './token-server.ts'

/** A request as the proxy saw it. */
export interface ProxyCall {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly range: string | undefined
  readonly authorization: string | undefined
  /** How many requests with this method for this path came before. */
  readonly earlier: number
}

/** What to do instead of passing an answer on unchanged. */
export type Fault =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'answer'
      readonly status: number
      readonly headers?: Record<string, string>
      readonly body?: string
    }
  /** Break the connection after this many bytes of the body. */
  | { readonly kind: 'cut'; readonly after: number }
  /** Flip a bit of the byte at this place of the body. */
  | { readonly kind: 'corrupt'; readonly at: number }
  /** Announce this many bytes more than are sent; fewer if negative. */
  | { readonly kind: 'announce'; readonly more: number }
  /** Send this many bytes past the end, with no length announced. */
  | { readonly kind: 'append'; readonly bytes: number }
  /** Ask the registry without the range. */
  | { readonly kind: 'ignore-range' }
  /** Pass the answer on with these headers. */
  | { readonly kind: 'headers'; readonly headers: Record<string, string> }
  /** Wait before the registry is asked. */
  | { readonly kind: 'hold'; readonly until: Promise<void> }
  /** Break both connections once this many bytes of the request have arrived. */
  | { readonly kind: 'cut-upload'; readonly after: number }
  /** Pass the request on, and break the connection instead of answering. */
  | { readonly kind: 'lose-answer' }

/** A proxy on 127.0.0.1 in front of a registry. */
export interface FaultProxy extends AsyncDisposable {
  /** `127.0.0.1:<port>`. */
  readonly host: string
  readonly calls: readonly ProxyCall[]
}

/** Starts a proxy that passes requests to the registry at `upstream`, and spoils answers as `choose` returns. */
export async function startFaultProxy(
  upstream: string,
  choose: (call: ProxyCall) => Fault,
): Promise<FaultProxy> {
  const calls: ProxyCall[] = []
  const server = createServer((request, response) => {
    // A client that uses this as its HTTP proxy sends the whole address.
    const { pathname, search } = new URL(request.url ?? '', `http://${upstream}`)
    const path = pathname + search
    const method = request.method ?? ''
    const earlier = calls.filter(call => call.path === path && call.method === method).length
    const { headers } = request
    const call = {
      ...{ method, path, headers, earlier },
      range: headers.range,
      authorization: headers.authorization,
    }
    calls.push(call)
    answer({ request, response, url: `http://${upstream}${path}`, fault: choose(call) }).catch(() =>
      response.destroy(),
    )
  })
  const port = await listen(server)
  return { host: `127.0.0.1:${port}`, calls, [Symbol.asyncDispose]: () => close(server) }
}

interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly url: string
  readonly fault: Fault
}

const REQUEST_HEADERS = ['accept', 'authorization', 'range', 'content-type', 'content-range'] as const
const REPLY_HEADERS = [
  'content-type',
  'content-range',
  'docker-content-digest',
  'www-authenticate',
  'location',
  'range',
] as const

async function answer({ request, response, url, fault }: Exchange): Promise<void> {
  if (fault.kind === 'answer') {
    response.writeHead(fault.status, fault.headers).end(fault.body)
    request.resume()
    return
  }
  if (fault.kind === 'hold') await fault.until
  const reply = await askRegistry(request, url, fault)
  if (fault.kind === 'lose-answer') {
    await reply.arrayBuffer()
    response.destroy()
    return
  }
  const passed = Object.fromEntries(
    REPLY_HEADERS.flatMap(name => {
      const value = reply.headers.get(name)
      return value === null ? [] : [[name, value]]
    }),
  )
  const length = Number(reply.headers.get('content-length') ?? 0)
  if (fault.kind === 'announce') passed['content-length'] = String(Math.max(0, length + fault.more))
  else if (fault.kind !== 'append' && reply.status !== 204) passed['content-length'] = String(length)
  response.writeHead(reply.status, fault.kind === 'headers' ? { ...passed, ...fault.headers } : passed)
  const body = reply.body === null ? [] : Readable.fromWeb(reply.body)
  await sendSpoilt(response, body, fault)
}

/** The registry gets the address that was requested, since it builds others from it. */
async function askRegistry(request: IncomingMessage, url: string, fault: Fault): Promise<Response> {
  const headers = new Headers({ 'x-forwarded-host': request.headers.host ?? '' })
  for (const name of REQUEST_HEADERS) {
    const value = request.headers[name]
    if (typeof value === 'string' && !(name === 'range' && fault.kind === 'ignore-range'))
      headers.set(name, value)
  }
  const method = request.method ?? 'GET'
  const hasBody = method === 'PUT' || method === 'PATCH' || method === 'POST'
  if (!hasBody) return await fetch(url, { method, headers, redirect: 'manual' })
  const after = fault.kind === 'cut-upload' ? fault.after : Number.POSITIVE_INFINITY
  const body = ReadableStream.from(cutAfter(request, after))
  return await fetch(url, { method, headers, redirect: 'manual', body, duplex: 'half' })
}

async function* cutAfter(body: AsyncIterable<Buffer>, limit: number): AsyncGenerator<Uint8Array> {
  let passed = 0
  for await (const chunk of body) {
    if (passed + chunk.length > limit) {
      yield new Uint8Array(chunk.subarray(0, limit - passed))
      throw new Error('the connection is cut')
    }
    passed += chunk.length
    yield new Uint8Array(chunk)
  }
}

async function sendSpoilt(
  response: ServerResponse,
  body: AsyncIterable<Buffer> | Iterable<Buffer>,
  fault: Fault,
): Promise<void> {
  let sent = 0
  for await (const part of body) {
    const chunk = Buffer.from(part)
    if (fault.kind === 'corrupt' && fault.at >= sent && fault.at < sent + chunk.length) {
      chunk[fault.at - sent] = (chunk[fault.at - sent] ?? 0) ^ 1
    }
    if (fault.kind === 'cut' && sent + chunk.length >= fault.after) {
      response.write(chunk.subarray(0, fault.after - sent), () => response.destroy())
      return
    }
    sent += chunk.length
    if (!response.write(chunk)) await new Promise(resolve => response.once('drain', resolve))
  }
  if (fault.kind === 'append') response.write(Buffer.alloc(fault.bytes))
  if (fault.kind === 'announce') response.destroy()
  else response.end()
}
