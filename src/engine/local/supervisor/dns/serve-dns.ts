import { closeSync } from 'node:fs'
import type { LiveDns } from '../../state/live-record.ts'
import type { KeeperPort } from '../keeper-port.ts'
import type { Resolver } from './resolver.ts'
import { serveTcp } from './serve-tcp.ts'
import { serveUdp } from './serve-udp.ts'

export interface ServeDnsOptions {
  readonly keeper: Pick<KeeperPort, 'lend'>
  readonly dns: LiveDns
  readonly resolver: Resolver
  readonly onError: (error: unknown) => void
}

/** Answers on a container's sockets, which the keeper holds, until disposed; the keeper continues to hold them. */
export async function serveDns({
  keeper,
  dns,
  resolver,
  onError,
}: ServeDnsOptions): Promise<AsyncDisposable> {
  const lent = await keeper.lend(commonPrefix(dns.udpSocket, dns.tcpSocket))
  const unclaimed = new Map(lent.map(({ name, fd }) => [name, fd]))
  const claim = (name: string): number => {
    const fd = unclaimed.get(name)
    if (fd === undefined) throw new Error(`Cannot serve DNS on "${name}": the keeper holds no such socket`)
    unclaimed.delete(name)
    return fd
  }
  try {
    await using servers = new AsyncDisposableStack()
    servers.use(await serveUdp(claim(dns.udpSocket), resolver, onError))
    servers.use(await serveTcp(claim(dns.tcpSocket), resolver, onError))
    return servers.move()
  } finally {
    for (const fd of unclaimed.values()) closeSync(fd)
  }
}

function commonPrefix(a: string, b: string): string {
  let length = 0
  while (length < a.length && a[length] === b[length]) length++
  return a.slice(0, length)
}
