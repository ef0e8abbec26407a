import type { NetworkReason } from './registry-errors.ts'

/** Tells in the user's words why a request to `url` got no answer. */
export function networkReason(url: URL, cause: unknown): NetworkReason {
  const code = errorCodeOf(cause)
  const [problem, hint] = words(url, code) ?? [
    `the connection to ${url.host} failed (${code ?? messageOf(cause)})`,
    'Check the network and run the command again: what came so far is kept',
  ]
  return { problem, hint, cause }
}

/** Tells whether trying again soon can help: not for a name, a port or a certificate that is wrong. */
export function isWorthAnotherTry(cause: unknown): boolean {
  const code = errorCodeOf(cause)
  return code === undefined || !(code in FINAL || CERTIFICATE.has(code) || isNoTls(code))
}

const FINAL: Readonly<Record<string, string>> = {
  ENOTFOUND: 'its name is not known',
  ECONNREFUSED: 'nothing listens there',
  EHOSTUNREACH: 'no way leads there',
  ENETUNREACH: 'this machine has no network that leads there',
}

const UNKNOWN_AUTHORITY = 'it is signed by an authority that this machine does not know'

const CERTIFICATE: ReadonlyMap<string, string> = new Map([
  ['SELF_SIGNED_CERT_IN_CHAIN', UNKNOWN_AUTHORITY],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'it is signed by itself'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', UNKNOWN_AUTHORITY],
  ['UNABLE_TO_GET_ISSUER_CERT', UNKNOWN_AUTHORITY],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', UNKNOWN_AUTHORITY],
  ['CERT_HAS_EXPIRED', 'it has expired'],
  ['CERT_NOT_YET_VALID', 'it is not valid yet'],
  ['CERT_SIGNATURE_FAILURE', 'its signature is wrong'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'it is for another name'],
])

function words(url: URL, code: string | undefined): readonly [string, string] | undefined {
  if (code === undefined) return undefined
  const certificate = CERTIFICATE.get(code)
  if (certificate !== undefined) {
    return [
      `the certificate of ${url.host} cannot be trusted: ${certificate}`,
      `If it is your registry, put the certificate of its authority into /etc/docker/certs.d/${url.host}/ca.crt; check the clock of this machine`,
    ]
  }
  if (isNoTls(code)) {
    return [
      `${url.host} does not speak TLS`,
      `If it is your registry and the network is safe, mark it "insecure" in registries.json (docs/registries.md)`,
    ]
  }
  const final = FINAL[code]
  return final === undefined
    ? undefined
    : [`${url.host} cannot be reached: ${final}`, 'Check the name, the network and the proxy variables']
}

function isNoTls(code: string): boolean {
  return code === 'EPROTO' || code.startsWith('ERR_SSL_')
}

function errorCodeOf(cause: unknown): string | undefined {
  if (!(cause instanceof Error)) return undefined
  if (cause instanceof AggregateError) return errorCodeOf(cause.errors[0]) ?? ownCode(cause)
  return ownCode(cause) ?? errorCodeOf(cause.cause)
}

function ownCode(error: Error): string | undefined {
  return 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}
