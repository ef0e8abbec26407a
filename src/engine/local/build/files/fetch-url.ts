import type { SourceSpan } from '../../../../base/source-span.ts'
import { TcomposeError } from '../../../../base/tcompose-error.ts'
import { HttpClient, type HttpReply } from '../../../../registry/http-client.ts'
import { isWorthAnotherTry, networkReason } from '../../../../registry/network-reason.ts'
import { isRedirect, redirectTarget } from '../../../../registry/redirect-target.ts'
import { backOff } from '../../../../registry/retry.ts'
import { type FetchedFile, type FetchedFiles, withoutUser } from './fetched-files.ts'

/** What to fetch, and with what. */
export interface UrlRequest {
  readonly url: string
  readonly span?: SourceSpan
  /** Of errors. */
  readonly code: 'build-source' | 'build-context'
  /** Hex digits that its SHA-256 must have. */
  readonly sha256?: string
  readonly files: FetchedFiles
  /** Where the proxies are named. */
  readonly environment: NodeJS.ProcessEnv
  readonly signal: AbortSignal
  readonly onProgress?: (progress: FetchProgress) => void
}

/** How far a fetch is. */
export interface FetchProgress {
  /** Without user and password. */
  readonly url: string
  readonly bytesDone: number
  /** Undefined where the server does not say it. */
  readonly bytesTotal: number | undefined
}

const MOST_REDIRECTS = 10
const MOST_TRIES = 3

/**
 * Fetches the file behind a URL, or returns the one that was fetched before if its server says that it did not change.
 * With a digest no server is asked for what is there.
 *
 * @throws {TcomposeError} Of the code asked for, if there is no answer, an error, or other content than the digest
 * says.
 */
export async function fetchUrl(request: UrlRequest): Promise<FetchedFile> {
  const { url, sha256, files } = request
  const known = files.find(url)
  if (known !== undefined && known.sha256 === sha256) return known
  const fetched = await tryFetch(request, known)
  if (sha256 === undefined || fetched.sha256 === sha256) return fetched
  throw fetchError(request, `its digest is sha256:${fetched.sha256}, expected sha256:${sha256}`, {
    hint: 'Check that the URL is the right one; correct the checksum if the file was meant to change',
  })
}

/** A connection that breaks is tried again. */
async function tryFetch(request: UrlRequest, known: FetchedFile | undefined): Promise<FetchedFile> {
  for (let failures = 1; ; failures += 1) {
    try {
      return await fetchOnce(request, known)
    } catch (error) {
      request.signal.throwIfAborted()
      if (error instanceof TcomposeError) throw error
      if (failures === MOST_TRIES || !isWorthAnotherTry(error)) throw noAnswer(request, error)
      await new Promise(resolve => setTimeout(resolve, backOff(failures)))
    }
  }
}

async function fetchOnce(request: UrlRequest, known: FetchedFile | undefined): Promise<FetchedFile> {
  const { files, environment, signal, url } = request
  const endpoint = { name: '', origins: [], verify: true, authorities: [] }
  await using client = new HttpClient({ endpoint, environment, signal })
  const reply = await follow(client, request, known)
  if (reply.status === 304 && known !== undefined) {
    await reply.discard()
    return known
  }
  if (reply.status < 200 || reply.status >= 300) {
    await reply.discard()
    throw fetchError(request, `the server answers ${reply.status}`, { hint: hintOf(reply.status) })
  }
  const total = Number(reply.header('content-length') ?? Number.NaN)
  const onBytes = (bytesDone: number) =>
    request.onProgress?.({
      url: withoutUser(url),
      bytesDone,
      bytesTotal: Number.isNaN(total) ? undefined : total,
    })
  const validators = { etag: reply.header('etag'), lastModified: reply.header('last-modified') }
  return await files.store(url, reply.body, { ...validators, onBytes })
}

async function follow(
  client: HttpClient,
  request: UrlRequest,
  known: FetchedFile | undefined,
): Promise<HttpReply> {
  const conditions = {
    ...(known?.etag !== undefined && { 'if-none-match': known.etag }),
    ...(known?.lastModified !== undefined && { 'if-modified-since': known.lastModified }),
  }
  let url = addressOf(request)
  let headers = { ...conditions, ...authorizationOf(url) }
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects += 1) {
    const reply = await client.send({ url, headers })
    if (!isRedirect(reply, false)) return reply
    await reply.discard()
    const target = targetOf(request, reply)
    headers = target.origin === url.origin ? headers : conditions
    url = target
  }
  throw fetchError(request, `it leads through more than ${MOST_REDIRECTS} redirects`, {
    hint: 'Use the address of the file itself',
  })
}

function addressOf(request: UrlRequest): URL {
  const url = URL.parse(request.url)
  if (url !== null) return url
  throw fetchError(request, 'it is no URL', { hint: 'Write it as https://host/path' })
}

/** The server of a URL gets the user and password that are in it, and nobody else. */
function authorizationOf({ username, password }: URL): Readonly<Record<string, string>> {
  if (username === '') return {}
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` }
}

function targetOf(request: UrlRequest, reply: HttpReply): URL {
  try {
    return redirectTarget(reply)
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause
    throw fetchError(request, cause.message, {
      hint: 'Use the address that it leads to, if you trust it',
      cause,
    })
  }
}

function noAnswer(request: UrlRequest, error: unknown): TcomposeError {
  const { problem, cause } = networkReason(addressOf(request), error)
  return fetchError(request, problem, { hint: 'Check the name, the network and the proxy variables', cause })
}

function hintOf(status: number): string {
  if (status === 401 || status === 403)
    return 'Check that everybody may read it, or copy it from the build context'
  return status < 500 ? 'Check the path of the URL' : 'Try again later: the server has a problem of its own'
}

function fetchError(
  { url, span, code }: UrlRequest,
  problem: string,
  { hint, cause }: { readonly hint: string; readonly cause?: unknown },
): TcomposeError {
  return new TcomposeError(code, `Cannot fetch "${withoutUser(url)}": ${problem}`, {
    ...(span !== undefined && { span }),
    hint,
    cause,
  })
}
