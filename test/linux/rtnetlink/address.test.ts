import { expect, test } from 'vitest'
import { openNetlink } from '../../../src/linux/netlink/netlink-socket.ts'
import { deleteAddress, listAddresses, newAddress } from '../../../src/linux/rtnetlink/address.ts'
import { createNetworkSandbox } from '../../support/network-sandbox.ts'

const address = { interfaceIndex: 1, address: 0x0a080101, prefixLength: 24 }
const loopback = { interfaceIndex: 1, address: 0x7f000001, prefixLength: 8 }

test('newAddress() and deleteAddress() change what listAddresses() returns, and may be repeated', () => {
  using sandbox = createNetworkSandbox()
  using socket = sandbox.onHost(() => openNetlink('route'))
  socket.send([newAddress(address), newAddress(address)])
  expect(listAddresses(socket)).toEqual([loopback, address])
  socket.send([deleteAddress(address), deleteAddress(address)])
  expect(listAddresses(socket)).toEqual([loopback])
})
