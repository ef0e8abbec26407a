import { closeSync, existsSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { expect, test } from 'vitest'
import { formatIpAddress } from '../../../../src/base/ip-address.ts'
import { servicePath } from '../../../../src/base/model-path.ts'
import {
  type LentInterface,
  lendInterfaces,
  lentBelow,
  removeContainerNetns,
  returnInterfaces,
} from '../../../../src/engine/local/network/lent-interfaces.ts'
import { openNetlink } from '../../../../src/linux/netlink/netlink-socket.ts'
import { createNetns, withNetns } from '../../../../src/linux/netns.ts'
import { listAddresses } from '../../../../src/linux/rtnetlink/address.ts'
import { deleteLink, findLink, newVeth } from '../../../../src/linux/rtnetlink/link.ts'
import {
  addOutside,
  createNetworkSandbox,
  HOST_ADDRESS,
  type NetworkSandbox,
} from '../../../support/network-sandbox.ts'

const isRoot = process.geteuid?.() === 0
const testAsRoot = test.skipIf(!isRoot)

const WANTED: LentInterface = {
  hostName: 'wire',
  name: 'net0',
  source: '/etc/cdi/nic.json',
  origin: servicePath('web', 'devices', 0),
}

/** A host that has an interface to lend, and the namespace of a container. */
function scene(sandbox: NetworkSandbox): string {
  addOutside(sandbox)
  const container = sandbox.container('0123456789ab')
  sandbox.onHost(() => createNetns(container))
  return container
}

/** Gives the host an interface that is down, whose peer is elsewhere. */
function addDown(sandbox: NetworkSandbox, name: string, elsewhere: string): void {
  const netns = openSync(elsewhere, 'r')
  try {
    sandbox.onHost(() => {
      using socket = openNetlink('route')
      const peer = { name: 'peer', macAddress: '02:00:00:00:00:03', netns }
      socket.send([newVeth({ name, mtu: undefined, peer })])
    })
  } finally {
    closeSync(netns)
  }
}

/** What an interface called `name` is in the thread's namespace; undefined for none. */
function seen(name: string) {
  using socket = openNetlink('route')
  const link = findLink(socket, name)
  if (link === undefined) return undefined
  const own = listAddresses(socket).filter(({ interfaceIndex }) => interfaceIndex === link.index)
  return { up: link.up, addresses: own.map(({ address }) => formatIpAddress(address)) }
}

const AS_IT_WAS = { up: true, addresses: expect.arrayContaining([HOST_ADDRESS]) }

testAsRoot(
  'lendInterfaces() moves, renames and brings up, and returnInterfaces() undoes it (needs root)',
  () => {
    using sandbox = createNetworkSandbox()
    const container = scene(sandbox)
    sandbox.onHost(() => lendInterfaces(container, [WANTED]))
    expect(sandbox.onHost(() => seen('wire'))).toBeUndefined()
    expect(withNetns(container, () => seen('net0'))).toEqual(AS_IT_WAS)
    expect(lentBelow(sandbox.folder)).toEqual(new Map([['wire', '0123456789ab']]))
    sandbox.onHost(() => returnInterfaces(container))
    expect(withNetns(container, () => seen('net0'))).toBeUndefined()
    expect(sandbox.onHost(() => seen('wire'))).toEqual(AS_IT_WAS)
    expect(lentBelow(sandbox.folder)).toEqual(new Map())
    sandbox.onHost(() => returnInterfaces(container))
    expect(existsSync(dirname(container))).toBe(true)
  },
)

testAsRoot('returnInterfaces() leaves an interface down that was down (needs root)', () => {
  using sandbox = createNetworkSandbox()
  const container = scene(sandbox)
  addDown(sandbox, 'idle', container)
  const idle = { ...WANTED, hostName: 'idle' }
  sandbox.onHost(() => lendInterfaces(container, [idle]))
  expect(withNetns(container, () => seen('net0'))?.up).toBe(true)
  sandbox.onHost(() => returnInterfaces(container))
  expect(sandbox.onHost(() => seen('idle'))).toEqual({ up: false, addresses: [] })
})

testAsRoot(
  'removeContainerNetns() gives an interface another name where its own is taken (needs root)',
  () => {
    using sandbox = createNetworkSandbox()
    const container = scene(sandbox)
    sandbox.onHost(() => lendInterfaces(container, [WANTED]))
    addDown(sandbox, 'wire', container)
    sandbox.onHost(() => removeContainerNetns(container))
    expect(existsSync(container)).toBe(false)
    expect(sandbox.onHost(() => seen('wire_1'))).toMatchObject({ up: true })
  },
)

testAsRoot('returnInterfaces() takes what is gone for returned (needs root)', () => {
  using sandbox = createNetworkSandbox()
  const container = scene(sandbox)
  sandbox.onHost(() => lendInterfaces(container, [WANTED]))
  withNetns(container, () => {
    using socket = openNetlink('route')
    socket.send([deleteLink('net0')])
  })
  sandbox.onHost(() => returnInterfaces(container))
  expect(lentBelow(sandbox.folder)).toEqual(new Map())
})

testAsRoot.for<readonly [string, readonly LentInterface[], string]>([
  [
    'is not there',
    [WANTED, { ...WANTED, hostName: 'ib0', name: 'ib0' }],
    '"ib0", which "/etc/cdi/nic.json" names: it does not exist',
  ],
  [
    'cannot be moved',
    [WANTED, { ...WANTED, hostName: 'lo', name: 'lo1' }],
    '"lo", which "/etc/cdi/nic.json" names, to a container',
  ],
  [
    'would have a name that is used',
    [{ ...WANTED, name: 'lo' }],
    'to a container as "lo": it has one of that name',
  ],
])('lendInterfaces() takes everything back where one %s (needs root)', ([, wanted, message]) => {
  using sandbox = createNetworkSandbox()
  const container = scene(sandbox)
  expect(() => sandbox.onHost(() => lendInterfaces(container, wanted))).toThrow(message)
  expect(sandbox.onHost(() => seen('wire'))).toEqual(AS_IT_WAS)
  expect(lentBelow(sandbox.folder)).toEqual(new Map())
})
