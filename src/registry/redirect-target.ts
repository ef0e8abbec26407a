import type { HttpReply } from './http-client.ts'

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])

/** Returns whether an answer is a redirect. What is sent with a body goes elsewhere only where the body may. */
export function isRedirect({ status }: HttpReply, hasBody: boolean): boolean {
  return hasBody ? status === 307 || status === 308 : REDIRECTS.has(status)
}

/**
 * Returns the address that an answer's `Location` names, with the answer's own as its base.
 *
 * @throws {SyntaxError} If there is none, or it leads away from TLS.
 */
export function redirectTarget(reply: HttpReply): URL {
  const location = reply.header('location')
  const url = location === undefined ? null : URL.parse(location, reply.url.href)
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new SyntaxError(`${reply.url.host} redirects to "${location ?? ''}", expected an address`)
  }
  if (url.protocol === 'http:' && reply.url.protocol === 'https:') {
    throw new SyntaxError(`${reply.url.host} redirects to ${url.origin}, expected an address with TLS`)
  }
  return url
}
