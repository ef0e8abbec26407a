import type { NetworkReason } from './registry-errors.ts'

/** Says in the user's words why a request to `url` got no answer. */
export function networkReason(url: URL, cause: unknown): NetworkReason {
  const code = errorCodeOf(cause)
  const [problem, hint] = proxyWords(url, cause) ??
    words(url, code, cause) ?? [
      `the connection to ${url.host} failed (${code ?? messageOf(cause)})`,
      'Check the network and run the command again: an interrupted download resumes where it stopped',
    ]
  return { problem, hint, cause: CERTIFICATE.has(code ?? '') ? withoutAdvice(cause) : cause }
}

/** Node's advice is for those who start Node. */
function withoutAdvice(cause: unknown): unknown {
  const error = withCode(cause)
  const [said] = error?.message.split('; if the root CA is installed locally') ?? []
  return said === undefined || said === error?.message ? cause : new Error(said)
}

/** Tells whether trying again soon can help: not for a name, a port or a certificate that is wrong. */
export function isWorthAnotherTry(cause: unknown): boolean {
  const code = errorCodeOf(cause)
  if (proxyRefusal(cause) !== undefined) return false
  return code === undefined || !(code in FINAL || CERTIFICATE.has(code) || isNoTls(code))
}

const FINAL: Readonly<Record<string, string>> = {
  ENOTFOUND: 'its name cannot be resolved',
  ECONNREFUSED: 'nothing listens there',
  EHOSTUNREACH: 'there is no route to it',
  ENETUNREACH: 'its network is unreachable',
  UND_ERR_CONNECT_TIMEOUT: 'it does not answer',
  ETIMEDOUT: 'it does not answer',
}

const PASSING: Readonly<Record<string, string>> = {
  EAI_AGAIN: 'no name server answers',
  ECONNRESET: 'it closes connections',
  UND_ERR_SOCKET: 'it closes connections',
  UND_ERR_HEADERS_TIMEOUT: 'it accepts a connection and sends nothing',
  UND_ERR_BODY_TIMEOUT: 'it stopped sending in the middle of an answer',
}

const UNKNOWN_AUTHORITY = 'it is signed by an authority that this machine does not trust'

const CERTIFICATE: ReadonlyMap<string, string> = new Map([
  ['SELF_SIGNED_CERT_IN_CHAIN', UNKNOWN_AUTHORITY],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'it is self-signed'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', UNKNOWN_AUTHORITY],
  ['UNABLE_TO_GET_ISSUER_CERT', UNKNOWN_AUTHORITY],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', UNKNOWN_AUTHORITY],
  ['CERT_HAS_EXPIRED', 'it has expired'],
  ['CERT_NOT_YET_VALID', 'it is not valid yet'],
  ['CERT_SIGNATURE_FAILURE', 'its signature is wrong'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'it is for another name'],
])

/** The hint for certificates that trusting another authority does not help. */
const CERTIFICATE_HINTS: ReadonlyMap<string, string> = new Map([
  ['CERT_HAS_EXPIRED', 'Have the certificate renewed; if it is still valid, set the clock of this machine'],
  ['CERT_NOT_YET_VALID', 'Set the clock of this machine, or wait until the certificate is valid'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'Use a name that the certificate is for, or have one made for this name'],
])

function words(url: URL, code: string | undefined, cause: unknown): readonly [string, string] | undefined {
  if (code === undefined) return undefined
  const { host } = url
  const certificate = CERTIFICATE.get(code)
  if (certificate !== undefined) {
    const trust = `If it is your registry, put the certificate of its authority into /etc/docker/certs.d/${host}/ca.crt, or name it as "ca" in registries.json (docs/registries.md)`
    return [
      `the certificate of ${host} cannot be trusted: ${certificate}`,
      CERTIFICATE_HINTS.get(code) ?? trust,
    ]
  }
  if (isNoTls(code)) {
    return [
      `${host} does not speak TLS`,
      `If it is your registry and the network is safe, mark it "insecure" in registries.json (docs/registries.md)`,
    ]
  }
  if (code === 'TCOMPOSE_SLOW_BODY') {
    return [
      `${host} answers too slowly: ${messageOf(withCode(cause))}`,
      'Check the network and the proxy, and run the command again: an interrupted download resumes where it stopped',
    ]
  }
  const problem = FINAL[code] ?? PASSING[code]
  return problem === undefined
    ? undefined
    : [`${host} cannot be reached: ${problem}`, 'Check the name, the network and the proxy variables']
}

const PROXY_HINT =
  'Check HTTP_PROXY and HTTPS_PROXY; NO_PROXY names the hosts that are reached directly (docs/registries.md)'

/** Returns the words for a failure on the way to or in a proxy. */
function proxyWords(url: URL, cause: unknown): readonly [string, string] | undefined {
  const status = proxyRefusal(cause)
  if (status !== undefined) return [`the proxy answers ${status} when asked for ${url.host}`, PROXY_HINT]
  const failed = withCode(cause)
  const problem = FINAL[(failed && ownCode(failed)) ?? '']
  const proxy = failed === undefined ? undefined : otherParty(url, failed)
  if (problem === undefined || proxy === undefined) return undefined
  return [`the proxy ${proxy} to ${url.host} cannot be reached: ${problem}`, PROXY_HINT]
}

/** Returns the status with which a proxy refused a tunnel; undici reports it in words only. */
function proxyRefusal(cause: unknown): string | undefined {
  if (!(cause instanceof Error)) return undefined
  return /^Proxy response \((\d+)\)/.exec(cause.message)?.[1] ?? proxyRefusal(cause.cause)
}

/** Returns the host, with its port where it is known, that a system call was about, if it is not that of `url`. */
function otherParty(url: URL, error: Error): string | undefined {
  const ownPort = Number(url.port || (url.protocol === 'https:' ? 443 : 80))
  if ('hostname' in error && error.hostname !== url.hostname) return String(error.hostname)
  if (!('address' in error && 'port' in error) || error.port === ownPort) return undefined
  return `${error.address}:${error.port}`
}

function isNoTls(code: string): boolean {
  return code === 'EPROTO' || code.startsWith('ERR_SSL_')
}

/** Tells whether `cause` is that a server without TLS was spoken to with TLS. */
export function isWithoutTls(cause: unknown): boolean {
  const code = errorCodeOf(cause)
  return code !== undefined && isNoTls(code)
}

function errorCodeOf(cause: unknown): string | undefined {
  const error = withCode(cause)
  return error === undefined ? undefined : ownCode(error)
}

/** Returns the error behind `cause` that has a code. */
function withCode(cause: unknown): Error | undefined {
  if (!(cause instanceof Error)) return undefined
  const inner = cause instanceof AggregateError ? withCode(cause.errors[0]) : undefined
  if (inner !== undefined) return inner
  return ownCode(cause) === undefined ? withCode(cause.cause) : cause
}

function ownCode(error: Error): string | undefined {
  return 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}
