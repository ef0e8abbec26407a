import { expect, test } from 'vitest'
import { formatIpv4Block } from '../../../src/linux/ipv4.ts'
import { openNetlink } from '../../../src/linux/netlink/netlink-socket.ts'
import { newAddress } from '../../../src/linux/rtnetlink/address.ts'
import { changeLink, newBridge } from '../../../src/linux/rtnetlink/link.ts'
import { listRoutes, newDefaultRoute } from '../../../src/linux/rtnetlink/route.ts'
import { createNetworkSandbox } from '../../support/network-sandbox.ts'

test('newDefaultRoute() adds a route that listRoutes() returns beside that of the interface', () => {
  using sandbox = createNetworkSandbox()
  using socket = sandbox.onHost(() => openNetlink('route'))
  socket.send([
    newBridge({ name: 'br', macAddress: '02:00:00:00:00:01', mtu: undefined }),
    changeLink('br', { up: true }),
    newAddress({ interfaceIndex: 2, address: 0x0a080102, prefixLength: 24 }),
    newDefaultRoute(0x0a080101, 2),
    newDefaultRoute(0x0a080101, 2),
  ])
  expect(listRoutes(socket).map(route => [formatIpv4Block(route.destination), route.interfaceIndex])).toEqual(
    [
      ['0.0.0.0/0', 2],
      ['10.8.1.0/24', 2],
    ],
  )
})
