import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { type IpAddress, parseIpAddress } from '../../../src/base/ip-address.ts'
import { openNetlink } from '../../../src/linux/netlink/netlink-socket.ts'
import { deleteAddress, listAddresses, newAddress } from '../../../src/linux/rtnetlink/address.ts'
import { createNetworkSandbox } from '../../support/network-sandbox.ts'

const address = { interfaceIndex: 1, address: ip('10.8.1.1'), prefixLength: 24 }
const ipv6 = { interfaceIndex: 1, address: ip('fd00::2'), prefixLength: 64 }
const loopback = { interfaceIndex: 1, address: ip('127.0.0.1'), prefixLength: 8 }
const loopbackIpv6 = { interfaceIndex: 1, address: ip('::1'), prefixLength: 128 }

test('newAddress() and deleteAddress() change what listAddresses() returns, and may be repeated', () => {
  using sandbox = createNetworkSandbox()
  using socket = sandbox.onHost(() => openNetlink('route'))
  socket.send([address, address, ipv6, ipv6].map(newAddress))
  const listed = listAddresses(socket)
  expect(listed).toHaveLength(4)
  expect(listed).toEqual(expect.arrayContaining([loopback, address, loopbackIpv6, ipv6]))
  socket.send([address, address, ipv6, ipv6].map(deleteAddress))
  expect(listAddresses(socket)).toEqual([loopback, loopbackIpv6])
})

test('newAddress() of IPv6 is usable at once', () => {
  using sandbox = createNetworkSandbox()
  sandbox.onHost(() => {
    using socket = openNetlink('route')
    socket.send([newAddress(ipv6)])
    const row = readFileSync('/proc/thread-self/net/if_inet6', 'utf8').match(/^fd00.*$/m)?.[0] ?? ''
    const flags = Number.parseInt(row.split(/\s+/)[4] ?? '', 16)
    // IFA_F_NODAD and IFA_F_PERMANENT, and no IFA_F_TENTATIVE.
    expect(flags).toBe(0x82)
  })
})

function ip(text: string): IpAddress {
  const parsed = parseIpAddress(text)
  if (parsed === undefined) throw new Error(text)
  return parsed
}
