import { expect, test } from 'vitest'
import { type IpAddress, parseIpAddress } from '../../../src/base/ip-address.ts'
import { formatIpBlock } from '../../../src/base/ip-block.ts'
import { setInterfaceIpv6 } from '../../../src/linux/interface-ipv6.ts'
import { openNetlink } from '../../../src/linux/netlink/netlink-socket.ts'
import { newAddress } from '../../../src/linux/rtnetlink/address.ts'
import { changeLink, newBridge } from '../../../src/linux/rtnetlink/link.ts'
import { listRoutes, newDefaultRoute } from '../../../src/linux/rtnetlink/route.ts'
import { createNetworkSandbox } from '../../support/network-sandbox.ts'

test('newDefaultRoute() adds a route of either family that listRoutes() returns beside that of the interface', () => {
  using sandbox = createNetworkSandbox()
  sandbox.onHost(() => {
    using socket = openNetlink('route')
    socket.send([newBridge({ name: 'br', macAddress: '02:00:00:00:00:01', mtu: undefined })])
    setInterfaceIpv6('br', true)
    socket.send([
      changeLink('br', { up: true }),
      newAddress({ interfaceIndex: 2, address: ip('10.8.1.2'), prefixLength: 24 }),
      newAddress({ interfaceIndex: 2, address: ip('fd00::2'), prefixLength: 64 }),
      ...['10.8.1.1', '10.8.1.1', 'fd00::1', 'fd00::1'].map(gateway => newDefaultRoute(ip(gateway), 2)),
    ])
    const routes = listRoutes(socket)
      .filter(({ interfaceIndex }) => interfaceIndex === 2)
      .map(({ destination }) => formatIpBlock(destination))
      .filter(destination => !/^(?:fe80|ff00)::/.test(destination))
    expect(routes.toSorted()).toEqual(['0.0.0.0/0', '10.8.1.0/24', '::/0', 'fd00::/64'])
  })
})

function ip(text: string): IpAddress {
  const parsed = parseIpAddress(text)
  if (parsed === undefined) throw new Error(text)
  return parsed
}
