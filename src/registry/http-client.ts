import { Readable } from 'node:stream'
import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls'
import type { Agent, Dispatcher, EnvHttpProxyAgent } from 'undici'
import { type FileSlice, readSlice } from '../disk/file-slice.ts'
import { isLoopback, type RegistryEndpoint } from './registry-endpoint.ts'
import { noSlowerThan, SPEED_FLOOR, type SpeedFloor } from './speed-floor.ts'

/** The head of an answer, and its body. One of `body`, `bytes` and `discard` must be used, once. */
export interface HttpReply {
  readonly url: URL
  readonly status: number
  header(name: string): string | undefined
  headers(name: string): readonly string[]
  readonly body: AsyncIterable<Buffer>
  /** Returns the body, or undefined if it has more than `limit` bytes. */
  bytes(limit: number): Promise<Buffer | undefined>
  /** Reads what is left and forgets it, so that the connection can be used again. */
  discard(): Promise<void>
}

/** A request; one with a form is a POST unless it says otherwise. */
export interface HttpRequest {
  readonly url: URL
  /** @default GET, or POST with a body */
  readonly method?: HttpMethod
  readonly headers: Readonly<Record<string, string>>
  readonly body?: RequestBody
}

/** The methods that registries know. */
export type HttpMethod = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** What is sent. Can be sent again. */
export type RequestBody =
  | { readonly kind: 'form'; readonly fields: URLSearchParams }
  | { readonly kind: 'bytes'; readonly type: string; readonly bytes: Buffer }
  /** `onBytes` is given how many bytes of the slice have been read to be sent. */
  | { readonly kind: 'file'; readonly slice: FileSlice; readonly onBytes: (sent: number) => void }

/** Whom a client asks. */
export interface HttpClientOptions {
  readonly endpoint: RegistryEndpoint
  /** Where the proxies are named. */
  readonly environment: NodeJS.ProcessEnv
  /** Breaks off requests and bodies. */
  readonly signal: AbortSignal | undefined
  /** A body that comes more slowly breaks off. @default SPEED_FLOOR */
  readonly floor?: SpeedFloor
}

const CONNECT_TIMEOUT_MS = 10_000
const SILENCE_TIMEOUT_MS = 30_000
/** A registry may copy a whole blob before it says that it has it. */
const COMMIT_TIMEOUT_MS = 300_000

/**
 * Sends requests to a registry and to where it leads, through the proxy that the environment names. Redirects are
 * answers like others. A certificate that is not verified is taken from the registry itself alone.
 */
export class HttpClient implements AsyncDisposable {
  readonly #endpoint: RegistryEndpoint
  readonly #environment: NodeJS.ProcessEnv
  readonly #signal: AbortSignal | undefined
  readonly #floor: SpeedFloor
  readonly #dispatchers = new Map<string, Promise<Agent | EnvHttpProxyAgent>>()
  #context: SecureContext | undefined

  constructor({ endpoint, environment, signal, floor = SPEED_FLOOR }: HttpClientOptions) {
    this.#endpoint = endpoint
    this.#environment = environment
    this.#signal = signal
    this.#floor = floor
  }

  /** @throws {Error} If there is no answer; see `networkReason`. */
  async send({ url, headers, body, method }: HttpRequest): Promise<HttpReply> {
    const { request } = await import('undici')
    const reply = await request(url, {
      method: method ?? (body === undefined ? 'GET' : 'POST'),
      headers: {
        'user-agent': 'tcompose',
        'accept-encoding': 'identity',
        ...headersOf(body),
        ...headers,
      },
      body: contentOf(body),
      dispatcher: await this.#dispatcherFor(url),
      ...(this.#signal === undefined ? {} : { signal: this.#signal }),
      headersTimeout: method === 'PUT' ? COMMIT_TIMEOUT_MS : SILENCE_TIMEOUT_MS,
      bodyTimeout: SILENCE_TIMEOUT_MS,
    })
    return replyOf(url, reply, this.#floor)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const made = await Promise.allSettled(this.#dispatchers.values())
    await Promise.all(
      made.map(result => (result.status === 'fulfilled' ? result.value.destroy() : undefined)),
    )
  }

  #dispatcherFor(url: URL): Promise<Agent | EnvHttpProxyAgent> {
    const isOwn = this.#endpoint.origins.includes(url.origin)
    const kind = {
      isTls: url.protocol === 'https:',
      isDirect: isLoopback(url.host),
      verify: this.#endpoint.verify || !isOwn,
    }
    const key = JSON.stringify(kind)
    const made = this.#dispatchers.get(key) ?? this.#makeDispatcher(kind)
    this.#dispatchers.set(key, made)
    return made
  }

  async #makeDispatcher(kind: DispatcherKind): Promise<Agent | EnvHttpProxyAgent> {
    const { Agent: directAgent, EnvHttpProxyAgent: proxyAgent } = await import('undici')
    const tls = kind.isTls
      ? { secureContext: this.#secureContext(kind.verify), rejectUnauthorized: kind.verify }
      : {}
    const connect = { timeout: CONNECT_TIMEOUT_MS, ...tls }
    if (kind.isDirect) return new directAgent({ connect, allowH2: false })
    return new proxyAgent({ connect, requestTls: tls, allowH2: false, ...proxiesOf(this.#environment) })
  }

  /** The authorities that Node knows, those of the machine, and those named for this registry: 20 ms or more. */
  #secureContext(verify: boolean): SecureContext {
    if (!verify) return createSecureContext({ ca: [] })
    const known = [...getCACertificates('default'), ...getCACertificates('system')]
    this.#context ??= createSecureContext({ ca: [...new Set([...known, ...this.#endpoint.authorities])] })
    return this.#context
  }
}

function headersOf(body: RequestBody | undefined): Readonly<Record<string, string>> {
  switch (body?.kind) {
    case undefined:
      return {}
    case 'form':
      return { 'content-type': 'application/x-www-form-urlencoded' }
    case 'bytes':
      return { 'content-type': body.type }
    case 'file':
      return { 'content-type': 'application/octet-stream', 'content-length': String(body.slice.size) }
  }
}

function contentOf(body: RequestBody | undefined): string | Buffer | Readable | null {
  switch (body?.kind) {
    case undefined:
      return null
    case 'form':
      return body.fields.toString()
    case 'bytes':
      return body.bytes
    case 'file':
      return Readable.from(counted(body), { objectMode: false })
  }
}

async function* counted({
  slice,
  onBytes,
}: Extract<RequestBody, { kind: 'file' }>): AsyncGenerator<Buffer, void, void> {
  let sent = 0
  for await (const chunk of readSlice(slice)) {
    yield chunk
    sent += chunk.length
    onBytes(sent)
  }
}

interface DispatcherKind {
  readonly isTls: boolean
  readonly isDirect: boolean
  readonly verify: boolean
}

function proxiesOf(environment: NodeJS.ProcessEnv): {
  readonly httpProxy: string
  readonly httpsProxy: string
  readonly noProxy: string
} {
  const read = (name: string) => environment[name] || environment[name.toUpperCase()] || ''
  return { httpProxy: read('http_proxy'), httpsProxy: read('https_proxy'), noProxy: read('no_proxy') }
}

function replyOf(
  url: URL,
  { statusCode, headers, body }: Dispatcher.ResponseData,
  floor: SpeedFloor,
): HttpReply {
  const all = (name: string) => [headers[name] ?? []].flat()
  const chunks = noSlowerThan(floor, body)
  return {
    url,
    status: statusCode,
    header: name => all(name)[0],
    headers: all,
    body: chunks,
    bytes: limit => readAll(chunks, limit),
    discard: () => body.dump().catch(() => undefined),
  }
}

async function readAll(body: AsyncIterable<Buffer>, limit: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of body) {
    size += chunk.length
    if (size > limit) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
