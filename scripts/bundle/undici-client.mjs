// Replaces `undici` in the bundles by what the registry client uses of it. The whole package includes fetch, web
// sockets, caches and mocks, twice the script; and in a bundle, `import()` of it has no named exports.

import requestOf from '../../node_modules/undici/lib/api/api-request.js'
import Agent from '../../node_modules/undici/lib/dispatcher/agent.js'
import Dispatcher from '../../node_modules/undici/lib/dispatcher/dispatcher.js'
import EnvHttpProxyAgent from '../../node_modules/undici/lib/dispatcher/env-http-proxy-agent.js'

Dispatcher.prototype.request = requestOf

export { Agent, EnvHttpProxyAgent }

/** Does undici's `request`. */
export function request(url, { dispatcher, ...options }) {
  const { origin, pathname, search } = new URL(url)
  return dispatcher.request({ ...options, origin, path: pathname + search })
}
