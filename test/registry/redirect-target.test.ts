import { expect, test } from 'vitest'
import type { HttpReply } from '../../src/registry/http-client.ts'
import { isRedirect, redirectTarget } from '../../src/registry/redirect-target.ts'

function aReply(status: number, location?: string, url = 'https://r.test/v2/a'): HttpReply {
  return {
    ...{ url: new URL(url), status, body: (async function* () {})() },
    ...{ header: () => location, headers: () => [], bytes: async () => undefined, discard: async () => {} },
  }
}

for (const { status, withBody, without } of [
  { status: 200, withBody: false, without: false },
  { status: 301, withBody: false, without: true },
  { status: 302, withBody: false, without: true },
  { status: 303, withBody: false, without: true },
  { status: 304, withBody: false, without: false },
  { status: 307, withBody: true, without: true },
  { status: 308, withBody: true, without: true },
]) {
  test(`isRedirect() of ${status} is ${without}, and ${withBody} where the request had a body`, () => {
    expect([isRedirect(aReply(status), true), isRedirect(aReply(status), false)]).toEqual([withBody, without])
  })
}

for (const { location, url, target } of [
  { location: '../b?x=1', url: undefined, target: 'https://r.test/b?x=1' },
  { location: 'https://other.test/c', url: undefined, target: 'https://other.test/c' },
  { location: 'http://other.test/c', url: 'http://r.test/', target: 'http://other.test/c' },
]) {
  test(`redirectTarget() leads to ${target}`, () => {
    expect(redirectTarget(aReply(307, location, url)).href).toBe(target)
  })
}

for (const { location, says } of [
  { location: undefined, says: 'r.test redirects to "", expected an address' },
  { location: 'file:///etc/passwd', says: 'r.test redirects to "file:///etc/passwd", expected an address' },
  { location: 'http://r.test/', says: 'r.test redirects to http://r.test, expected an address with TLS' },
]) {
  test(`redirectTarget() refuses ${location}`, () => {
    expect(() => redirectTarget(aReply(307, location))).toThrow(says)
  })
}
