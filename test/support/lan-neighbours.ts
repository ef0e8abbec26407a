import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseIpAddress } from '../../src/base/ip-address.ts'
import { openNetlink } from '../../src/linux/netlink/netlink-socket.ts'
import { createNetns, removeNetns, withNetns } from '../../src/linux/netns.ts'
import { randomBytes } from '../../src/linux/random-bytes.ts'
import { deleteLink, findLink, newVeth } from '../../src/linux/rtnetlink/link.ts'
import { newDefaultRoute } from '../../src/linux/rtnetlink/route.ts'
import { bringUp } from './network-sandbox.ts'
import { startAgent, type TrafficAgent } from './traffic.ts'

/** Somebody on a wire to this host, with a way through the host to everywhere. */
export interface Neighbour {
  readonly agent: TrafficAgent
  /** Its own addresses, and those that the host has on its wire. */
  readonly own: Readonly<Record<'ipv4' | 'ipv6', string>>
  readonly host: Readonly<Record<'ipv4' | 'ipv6', string>>
}

/** Adds `count` neighbours to this host's own network, in the blocks of RFC 2544 and RFC 5180 for tests of networks. */
export async function addNeighbours(
  count: number,
): Promise<AsyncDisposable & { readonly all: readonly Neighbour[] }> {
  await using stack = new AsyncDisposableStack()
  const folder = mkdtempSync(join(tmpdir(), 'tcompose-neighbours-'))
  stack.defer(() => rmSync(folder, { recursive: true }))
  const all: Neighbour[] = []
  for (let number = 1; number <= count; number += 1) {
    const netns = join(folder, String(number))
    createNetns(netns)
    stack.defer(() => removeNetns(netns))
    const wire = `tn${randomBytes(5).toString('hex')}`
    stack.defer(() => {
      using socket = openNetlink('route')
      socket.send([deleteLink(wire)])
    })
    const block = { ipv4: `198.18.${number}.`, ipv6: `2001:2:0:${number}::` }
    const host = { ipv4: `${block.ipv4}1`, ipv6: `${block.ipv6}1` }
    const own = { ipv4: `${block.ipv4}2`, ipv6: `${block.ipv6}2` }
    connectWire(wire, netns, { host, own })
    all.push({ agent: stack.use(await startAgent(netns, `neighbour ${number}`)), own, host })
  }
  const kept = stack.move()
  return { all, [Symbol.asyncDispose]: () => kept.disposeAsync() }
}

function connectWire(wire: string, netns: string, { host, own }: Pick<Neighbour, 'host' | 'own'>): void {
  const fd = openSync(netns, 'r')
  try {
    using socket = openNetlink('route')
    socket.send([
      newVeth({
        name: wire,
        mtu: undefined,
        peer: { name: 'wire', macAddress: '02:00:00:00:00:02', netns: fd },
      }),
    ])
    bringUp(wire, ...Object.values(host))
    withNetns(netns, () => {
      bringUp('wire', ...Object.values(own))
      using inside = openNetlink('route')
      const index = findLink(inside, 'wire')?.index ?? 0
      inside.send(
        Object.values(host).flatMap(text => {
          const gateway = parseIpAddress(text)
          return gateway === undefined ? [] : [newDefaultRoute(gateway, index)]
        }),
      )
    })
  } finally {
    closeSync(fd)
  }
}
