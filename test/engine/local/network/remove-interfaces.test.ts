import { expect, test } from 'vitest'
import { createBridge } from '../../../../src/engine/local/network/bridge.ts'
import { connectContainer } from '../../../../src/engine/local/network/connect-container.ts'
import type { NetworkRecord } from '../../../../src/engine/local/network/network-record.ts'
import {
  type DoomedInterfaces,
  removeInterfaces,
  removeInterfacesElsewhere,
} from '../../../../src/engine/local/network/remove-interfaces.ts'
import { openNetlink } from '../../../../src/linux/netlink/netlink-socket.ts'
import { listLinks } from '../../../../src/linux/rtnetlink/link.ts'
import { aNetwork } from '../../../support/model-builders.ts'
import { createNetworkSandbox, type NetworkSandbox } from '../../../support/network-sandbox.ts'

const owner = { tag: 'abcdef', project: 'shop' }

test('removeInterfaces() deletes endpoints and bridges at once, and may be repeated', async () => {
  using sandbox = createNetworkSandbox()
  const front = makeBridge(sandbox, 'front')
  const [one, other] = [connect(sandbox, 'one', [front]), connect(sandbox, 'other', [front])]
  await remove(sandbox, { bridges: [], endpoints: [one[0] ?? ''] })
  expect(hostLinks(sandbox)).toEqual(['lo', front.bridge, ...other])
  await remove(sandbox, { bridges: [front.bridge], endpoints: [...one, ...other] })
  await remove(sandbox, { bridges: [front.bridge], endpoints: [...one, ...other] })
  await remove(sandbox, { bridges: [], endpoints: [] })
  expect(hostLinks(sandbox)).toEqual(['lo'])
})

test('removeInterfaces() takes the interfaces of containers along that hang on a bridge still', async () => {
  using sandbox = createNetworkSandbox()
  const [front, back] = [makeBridge(sandbox, 'front'), makeBridge(sandbox, 'back')]
  const [, inBack = ''] = connect(sandbox, 'web', [front, back])
  await remove(sandbox, { bridges: [front.bridge], endpoints: [] })
  expect(hostLinks(sandbox)).toEqual(['lo', back.bridge, inBack])
})

test('removeInterfaces() names what the kernel refuses to delete, and deletes the others', async () => {
  using sandbox = createNetworkSandbox()
  const front = makeBridge(sandbox, 'front')
  const [web = ''] = connect(sandbox, 'web', [front])
  // The kernel deletes no loopback interface.
  const refused = await remove(sandbox, { bridges: ['lo', front.bridge], endpoints: [web] })
  expect([...(refused ?? [])].map(([name, { errnoName }]) => [name, errnoName])).toEqual([
    ['lo', 'EOPNOTSUPP'],
  ])
  expect(hostLinks(sandbox)).toEqual(['lo'])
})

test('removeInterfacesElsewhere() does not wait for the answer once no name resolves', async () => {
  const doomed = { bridges: ['tcb-none'], endpoints: ['tcv-none'] }
  const sent: Uint8Array[] = []
  const refused = await removeInterfacesElsewhere(doomed, async messages => {
    sent.push(messages)
    return { answers: new Promise(() => {}) }
  })
  expect(refused).toEqual(new Map())
  const names = sent.map(messages => Buffer.from(messages).toString('latin1'))
  expect(names).toEqual([expect.stringContaining('tcb-none')])
  expect(names).toEqual([expect.stringContaining('tcv-none')])
})

test('removeInterfacesElsewhere() fails with who was to do it', async () => {
  const doomed = { bridges: ['lo'], endpoints: [] }
  const gone = new Error('gone')
  const fails = removeInterfacesElsewhere(doomed, async () => ({ answers: Promise.reject(gone) }))
  await expect(fails).rejects.toBe(gone)
  await expect(removeInterfacesElsewhere(doomed, () => Promise.reject(gone))).rejects.toBe(gone)
})

function makeBridge(sandbox: NetworkSandbox, key: string): NetworkRecord & { readonly bridge: string } {
  const record = sandbox.onHost(() => createBridge({ ...owner, network: aNetwork(key) }))
  return { ...record, bridge: record.bridge ?? '' }
}

/** Returns the names of the host's ends. */
function connect(
  sandbox: NetworkSandbox,
  container: string,
  records: readonly NetworkRecord[],
): readonly string[] {
  const endpoints = records.map((record, index) => ({
    record,
    addresses: { ipv4: record.ipv4?.gateway.replace(/\d+$/, container === 'other' ? '20' : '10') ?? '' },
    macAddress: undefined,
    interfaceName: `eth${index}`,
    gatewayPriority: 0,
  }))
  const netnsPath = sandbox.container(container)
  const request = { ...owner, container, netnsPath, endpoints }
  return sandbox.onHost(() => connectContainer(request)).map(({ hostInterface }) => hostInterface)
}

/** The socket is opened before the first wait, so in the sandbox. */
async function remove(sandbox: NetworkSandbox, interfaces: DoomedInterfaces) {
  let removal: ReturnType<typeof removeInterfaces> | undefined
  sandbox.onHost(() => {
    removal = removeInterfaces(interfaces)
  })
  return await removal
}

function hostLinks(sandbox: NetworkSandbox): readonly string[] {
  return sandbox.onHost(() => {
    using socket = openNetlink('route')
    return listLinks(socket).map(({ name }) => name)
  })
}
