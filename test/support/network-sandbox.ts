import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseIpAddress } from '../../src/base/ip-address.ts'
import { openNetlink } from '../../src/linux/netlink/netlink-socket.ts'
import { createNetns, removeNetns, withNetns } from '../../src/linux/netns.ts'
import { newAddress } from '../../src/linux/rtnetlink/address.ts'
import { changeLink, findLink, newVeth } from '../../src/linux/rtnetlink/link.ts'

/** A network namespace that acts as the host, so that a test never touches the machine's own network. */
export interface NetworkSandbox extends Disposable {
  /** The namespace file of the host. */
  readonly host: string
  /** A temporary folder that is removed with the sandbox; it is the engine's run folder. */
  readonly folder: string
  /** Path for the namespace file of a container. */
  container(name: string): string
  /** Runs `work` as if on the host; it must not return a promise. */
  onHost<T>(work: () => T extends PromiseLike<unknown> ? never : T): T
}

/** Creates a host with only its loopback interface, up. */
export function createNetworkSandbox(): NetworkSandbox {
  const folder = mkdtempSync(join(tmpdir(), 'tcompose-network-'))
  const made: string[] = []
  const place = (path: string): string => {
    made.push(path)
    return path
  }
  const host = place(join(folder, 'host'))
  createNetns(host, bringLoopbackUp)
  return {
    host,
    folder,
    container: name => place(join(folder, 'projects', 'shop', 'netns', name)),
    onHost: work => withNetns(host, work),
    [Symbol.dispose]: () => {
      made.forEach(removeNetns)
      rmSync(folder, { recursive: true })
    },
  }
}

/** Addresses of the wire between the host and the outside: TEST-NET-3 of RFC 5737, and of RFC 3849. */
export const HOST_ADDRESS = '203.0.113.1'
export const OUTSIDE_ADDRESS = '203.0.113.2'
export const HOST_IPV6 = '2001:db8::1'
export const OUTSIDE_IPV6 = '2001:db8::2'

/** Adds a namespace on a wire to the host without a route to any network of containers. Returns its file. */
export function addOutside(sandbox: NetworkSandbox): string {
  const outside = sandbox.container('outside')
  createNetns(outside, bringLoopbackUp)
  const netns = openSync(outside, 'r')
  try {
    sandbox.onHost(() => {
      using socket = openNetlink('route')
      const peer = { name: 'wire', macAddress: '02:00:00:00:00:02', netns }
      socket.send([newVeth({ name: 'wire', mtu: undefined, peer })])
      bringUp('wire', HOST_ADDRESS, HOST_IPV6)
    })
    withNetns(outside, () => bringUp('wire', OUTSIDE_ADDRESS, OUTSIDE_IPV6))
  } finally {
    closeSync(netns)
  }
  return outside
}

function bringLoopbackUp(): void {
  using socket = openNetlink('route')
  socket.send([changeLink('lo', { up: true })])
}

/** Brings an interface of the thread's network up, with addresses: /24 of IPv4, /64 of IPv6. */
export function bringUp(name: string, ...addresses: readonly string[]): void {
  using socket = openNetlink('route')
  const interfaceIndex = findLink(socket, name)?.index ?? 0
  socket.send([
    changeLink(name, { up: true }),
    ...addresses.flatMap(text => {
      const address = parseIpAddress(text)
      const prefixLength = address?.family === 'ipv6' ? 64 : 24
      return address === undefined ? [] : [newAddress({ interfaceIndex, address, prefixLength })]
    }),
  ])
}
