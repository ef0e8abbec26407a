import type { ExtraHost } from '../../../../model/extra-host.ts'

/** The host name of every command, as BuildKit has it. */
export const BUILD_HOSTNAME = 'buildkitsandbox'

/**
 * Returns the text of `/etc/hosts`, as BuildKit writes it. `hostGateway` is what `host-gateway` means; undefined leaves
 * such hosts out.
 */
export function buildHostsText(extraHosts: readonly ExtraHost[], hostGateway: string | undefined): string {
  const extra = extraHosts.flatMap(({ host, address }) => {
    const resolved = address === 'host-gateway' ? hostGateway : address
    return resolved === undefined ? [] : [`${resolved}\t${host}`]
  })
  return [
    `127.0.0.1\tlocalhost ${BUILD_HOSTNAME}`,
    '::1\tlocalhost ip6-localhost ip6-loopback',
    ...extra,
    '',
  ].join('\n')
}

/** What Docker takes where the host names no server that a container reaches. */
const PUBLIC_SERVERS: readonly string[] = ['8.8.8.8', '8.8.4.4']

/** The resolver files of a host, as text. */
export interface HostResolver {
  readonly resolvConf: string
  /** What systemd-resolved asks itself: its file has only its own address. */
  readonly upstream: string | undefined
}

/**
 * Returns the text of `/etc/resolv.conf` for a network of its own: the host's, without servers on the host's loopback
 * interface, which it does not reach.
 */
export function buildResolvConf({ resolvConf, upstream }: HostResolver): string {
  const own = withoutLoopback(resolvConf)
  const reached = hasServer(own) || upstream === undefined ? own : withoutLoopback(upstream)
  if (hasServer(reached)) return reached
  return `${PUBLIC_SERVERS.map(server => `nameserver ${server}\n`).join('')}${reached}`
}

const SERVER = /^\s*nameserver\s+(\S+)/

function withoutLoopback(text: string): string {
  const lines = text.split('\n').filter(line => !isLoopback(SERVER.exec(line)?.[1] ?? ''))
  const kept = lines.join('\n')
  return kept === '' || kept.endsWith('\n') ? kept : `${kept}\n`
}

function isLoopback(server: string): boolean {
  return server.startsWith('127.') || server === '::1'
}

function hasServer(text: string): boolean {
  return text.split('\n').some(line => SERVER.test(line))
}
