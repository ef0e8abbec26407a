/**
 * Returns the host that image references name, for what a user calls a registry: a host, an address, or nothing for
 * Docker Hub.
 *
 * @throws {SyntaxError} If `server` is neither.
 */
export function registryHost(server: string | undefined): string {
  const host = (server ?? '').replace(/^https?:\/\//, '').replace(/\/.*$/, '')
  if (server === undefined || DOCKER_HUB_NAMES.has(host)) return 'docker.io'
  if (/^(?:[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?|\[[a-fA-F0-9:]+\])(?::\d+)?$/.test(host)) return host
  throw new SyntaxError(`"${server}" is no registry, expected a host such as ghcr.io or localhost:5000`)
}

const DOCKER_HUB_NAMES: ReadonlySet<string> = new Set([
  'docker.io',
  'index.docker.io',
  'registry-1.docker.io',
  'registry.hub.docker.com',
])
