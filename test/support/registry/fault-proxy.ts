import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { close, listen } from './token-server.ts'

/** A request as the proxy saw it. */
export interface ProxyCall {
  readonly path: string
  readonly range: string | undefined
  readonly authorization: string | undefined
  /** How many requests for this path came before. */
  readonly earlier: number
}

/** What to do instead of passing an answer on as it is. */
export type Fault =
  | { readonly kind: 'none' }
  | { readonly kind: 'answer'; readonly status: number; readonly headers?: Record<string, string> }
  /** Break the connection after so many bytes of the body. */
  | { readonly kind: 'cut'; readonly after: number }
  /** Flip a bit of the byte at this place of the body. */
  | { readonly kind: 'corrupt'; readonly at: number }
  /** Announce so many bytes more than come. */
  | { readonly kind: 'announce'; readonly more: number }
  /** Send so many bytes behind the end, with no length announced. */
  | { readonly kind: 'append'; readonly bytes: number }
  /** Ask the registry without the range. */
  | { readonly kind: 'ignore-range' }

/** A proxy on 127.0.0.1 in front of a registry. */
export interface FaultProxy extends AsyncDisposable {
  /** `127.0.0.1:<port>`. */
  readonly host: string
  readonly calls: readonly ProxyCall[]
}

/** Starts a proxy that passes requests to the registry at `upstream`, and spoils answers as `choose` says. */
export async function startFaultProxy(
  upstream: string,
  choose: (call: ProxyCall) => Fault,
): Promise<FaultProxy> {
  const calls: ProxyCall[] = []
  const server = createServer((request, response) => {
    // A client that takes this for its HTTP proxy sends the whole address.
    const { pathname, search } = new URL(request.url ?? '', `http://${upstream}`)
    const path = pathname + search
    const earlier = calls.filter(call => call.path === path).length
    const { range, authorization } = request.headers
    const call = { path, range, authorization, earlier }
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

async function answer({ request, response, url, fault }: Exchange): Promise<void> {
  if (fault.kind === 'answer') {
    response.writeHead(fault.status, fault.headers).end()
    return
  }
  const headers = new Headers()
  for (const name of ['accept', 'authorization', 'range']) {
    const value = request.headers[name]
    if (typeof value === 'string' && !(name === 'range' && fault.kind === 'ignore-range'))
      headers.set(name, value)
  }
  const reply = await fetch(url, { headers, redirect: 'manual' })
  const passed = Object.fromEntries(
    ['content-type', 'content-range', 'docker-content-digest', 'www-authenticate', 'location'].flatMap(
      name => {
        const value = reply.headers.get(name)
        return value === null ? [] : [[name, value]]
      },
    ),
  )
  const length = Number(reply.headers.get('content-length') ?? 0)
  if (fault.kind === 'announce') passed['content-length'] = String(length + fault.more)
  else if (fault.kind !== 'append') passed['content-length'] = String(length)
  response.writeHead(reply.status, passed)
  const body = reply.body === null ? [] : Readable.fromWeb(reply.body)
  await sendSpoilt(response, body, fault)
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
