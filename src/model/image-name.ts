const COMPONENT = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*'
const LABEL = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])'
const DOMAIN = new RegExp(`^(?:${LABEL}(?:\\.${LABEL})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?$`)
const PATH = new RegExp(`^${COMPONENT}(?:/${COMPONENT})*$`)
const TAG = /^\w[\w.-]{0,127}$/
const DIGEST = /^[a-z0-9]+(?:[.+_-][a-z0-9]+)*:[0-9a-f]{32,}$/
const MOST_CHARACTERS = 255

/**
 * Returns the whole name of an image of a registry: `docker.io/library/redis:latest` for `redis`; undefined if `text` is
 * none.
 */
export function wholeImageName(text: string): string | undefined {
  const at = text.indexOf('@')
  const digest = at < 0 ? undefined : text.slice(at + 1)
  const named = at < 0 ? text : text.slice(0, at)
  const colon = named.indexOf(':', named.lastIndexOf('/') + 1)
  const tag = colon < 0 ? undefined : named.slice(colon + 1)
  const { domain, path } = placeOf(colon < 0 ? named : named.slice(0, colon))
  const isName =
    DOMAIN.test(domain) &&
    PATH.test(path) &&
    domain.length + path.length < MOST_CHARACTERS &&
    (tag === undefined || TAG.test(tag)) &&
    (digest === undefined || DIGEST.test(digest))
  if (!isName) return undefined
  const suffix = tag === undefined && digest === undefined ? ':latest' : tag === undefined ? '' : `:${tag}`
  return `${domain}/${path}${suffix}${digest === undefined ? '' : `@${digest}`}`
}

/** The first part is a host if it has a dot, a port or a capital, or is `localhost`. */
function placeOf(name: string): { readonly domain: string; readonly path: string } {
  const slash = name.indexOf('/')
  const first = name.slice(0, Math.max(slash, 0))
  const isDomain = slash > 0 && (/[.:A-Z]/.test(first) || first === 'localhost')
  const path = isDomain ? name.slice(slash + 1) : name
  if (isDomain && first !== 'docker.io' && first !== 'index.docker.io') return { domain: first, path }
  return { domain: 'docker.io', path: path.includes('/') ? path : `library/${path}` }
}
