import { type Digest, parseDigest } from '../base/digest.ts'

/** An image in a registry, in Docker's normal form: nothing is left to defaults. */
export interface RegistryReference {
  readonly kind: 'registry'
  /** Host and port, e.g. `docker.io`. */
  readonly domain: string
  /** E.g. `library/redis`. */
  readonly path: string
  /** Undefined where the reference has a digest alone. */
  readonly tag: string | undefined
  readonly digest: Digest | undefined
}

const COMPONENT = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*'
const DOMAIN_LABEL = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])'
const DOMAIN = new RegExp(`^(?:${DOMAIN_LABEL}(?:\\.${DOMAIN_LABEL})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?$`)
const PATH = new RegExp(`^${COMPONENT}(?:/${COMPONENT})*$`)
const TAG = /^\w[\w.-]{0,127}$/

/**
 * Reads what `docker pull` takes: `redis`, `redis:7`, `ghcr.io/a/b@sha256:...`, `localhost:5000/x:1`.
 *
 * @throws {SyntaxError} If `text` is no image reference.
 */
export function parseRegistryReference(text: string): RegistryReference {
  const [named = '', digestText, ...more] = text.split('@')
  const colon = named.indexOf(':', named.lastIndexOf('/') + 1)
  const tag = colon < 0 ? undefined : named.slice(colon + 1)
  const { domain, path } = splitDomain(colon < 0 ? named : named.slice(0, colon))
  const isWellFormed = DOMAIN.test(domain) && PATH.test(path) && (tag === undefined || TAG.test(tag))
  if (!isWellFormed || more.length > 0) {
    throw new SyntaxError(
      `Cannot use image "${text}": it is not a reference, expected [registry/]name[:tag][@digest]`,
    )
  }
  const digest = digestText === undefined ? undefined : parseDigest(digestText)
  return { kind: 'registry', domain, path, tag: tag ?? (digest === undefined ? 'latest' : undefined), digest }
}

/** Returns the normal form, e.g. `docker.io/library/redis:7`. */
export function formatRegistryReference({ domain, path, tag, digest }: RegistryReference): string {
  return `${domain}/${path}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`
}

/** The first part is a host if it has a dot, a port or a capital, or is `localhost`. */
function splitDomain(name: string): { readonly domain: string; readonly path: string } {
  const slash = name.indexOf('/')
  const first = name.slice(0, Math.max(slash, 0))
  const isDomain = slash > 0 && (/[.:A-Z]/.test(first) || first === 'localhost')
  if (isDomain && first !== 'docker.io' && first !== 'index.docker.io') {
    return { domain: first, path: name.slice(slash + 1) }
  }
  const path = isDomain ? name.slice(slash + 1) : name
  return { domain: 'docker.io', path: path.includes('/') ? path : `library/${path}` }
}
