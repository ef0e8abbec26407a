import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls'
import type { Agent, Dispatcher, EnvHttpProxyAgent } from 'undici'
import { isLoopback, type RegistryEndpoint } from './registry-endpoint.ts'

/** The head of an answer, and its body. One of `body`, `text` and `discard` must be used, once. */
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

/** A request without a body, or with a form. */
export interface HttpRequest {
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly form?: URLSearchParams
}

/** Whom a client asks. */
export interface HttpClientOptions {
  readonly endpoint: RegistryEndpoint
  /** Where the proxies are named. */
  readonly environment: NodeJS.ProcessEnv
  /** Breaks off requests and bodies. */
  readonly signal: AbortSignal | undefined
}

const CONNECT_TIMEOUT_MS = 10_000
const SILENCE_TIMEOUT_MS = 30_000

/**
 * Sends requests to a registry and to where it leads, through the proxy that the environment names. Redirects are
 * answers like others. A certificate that is not verified is taken from the registry itself alone.
 */
export class HttpClient implements AsyncDisposable {
  readonly #endpoint: RegistryEndpoint
  readonly #environment: NodeJS.ProcessEnv
  readonly #signal: AbortSignal | undefined
  readonly #dispatchers = new Map<string, Promise<Agent | EnvHttpProxyAgent>>()
  #context: SecureContext | undefined

  constructor({ endpoint, environment, signal }: HttpClientOptions) {
    this.#endpoint = endpoint
    this.#environment = environment
    this.#signal = signal
  }

  /** @throws {Error} If there is no answer; see `networkReason`. */
  async send({ url, headers, form }: HttpRequest): Promise<HttpReply> {
    const { request } = await import('undici')
    const reply = await request(url, {
      method: form === undefined ? 'GET' : 'POST',
      headers: {
        'user-agent': 'tcompose',
        'accept-encoding': 'identity',
        ...(form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
        ...headers,
      },
      body: form === undefined ? null : form.toString(),
      dispatcher: await this.#dispatcherFor(url),
      ...(this.#signal === undefined ? {} : { signal: this.#signal }),
      headersTimeout: SILENCE_TIMEOUT_MS,
      bodyTimeout: SILENCE_TIMEOUT_MS,
    })
    return replyOf(url, reply)
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

function replyOf(url: URL, { statusCode, headers, body }: Dispatcher.ResponseData): HttpReply {
  const all = (name: string) => [headers[name] ?? []].flat()
  return {
    url,
    status: statusCode,
    header: name => all(name)[0],
    headers: all,
    body,
    bytes: limit => readAll(body, limit),
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
