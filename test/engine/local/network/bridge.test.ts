import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface, type Interface } from 'node:readline'
import type { Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { parseIpAddress } from '../../../../src/base/ip-address.ts'
import { createBridge, isBridgeIntact } from '../../../../src/engine/local/network/bridge.ts'
import { bridgeName } from '../../../../src/engine/local/network/kernel-name.ts'
import { openNetlink } from '../../../../src/linux/netlink/netlink-socket.ts'
import { readNetworkSysctl } from '../../../../src/linux/network-sysctl.ts'
import { listAddresses, newAddress } from '../../../../src/linux/rtnetlink/address.ts'
import {
  changeLink,
  deleteLink,
  findLink,
  listLinks,
  newBridge,
} from '../../../../src/linux/rtnetlink/link.ts'
import type { IpamPool, Network } from '../../../../src/model/network.ts'
import { aNetwork } from '../../../support/model-builders.ts'
import { createNetworkSandbox, type NetworkSandbox } from '../../../support/network-sandbox.ts'

const owner = { tag: 'abc123', project: 'shop' }
const RACER = fileURLToPath(new URL('../../../support/bridge-racer.ts', import.meta.url))
const name = bridgeName(owner, 'front')

function withPool(pool: Partial<IpamPool>): Network {
  const ipam = [
    { subnet: undefined, ipRange: undefined, gateway: undefined, auxAddresses: new Map(), ...pool },
  ]
  return aNetwork('front', { ipam })
}

describe('createBridge()', () => {
  test('makes a bridge that is up, forwards, and names its owner', () => {
    using sandbox = createNetworkSandbox()
    sandbox.onHost(() => {
      const network = aNetwork('front', { mtu: 1400 })
      const record = createBridge({ ...owner, network })
      using socket = openNetlink('route')
      expect(record).toMatchObject({
        network,
        bridge: name,
        ipv4: { subnet: expect.stringMatching(/^172\.\d+\.\d+\.0\/20$/) },
      })
      expect(findLink(socket, name)).toMatchObject({
        alias: 'tcompose:abc123:shop:front',
        mtu: 1400,
        up: true,
      })
      expect(readNetworkSysctl(`ipv4/conf/${name}/route_localnet`)).toBe('1')
      expect(readNetworkSysctl('ipv4/ip_forward')).toBe('1')
      expect(isBridgeIntact(record)).toBe(true)
    })
  })

  test('takes over the bridge of an earlier call, whole or cut short', () => {
    using sandbox = createNetworkSandbox()
    sandbox.onHost(() => {
      using socket = openNetlink('route')
      socket.send([newBridge({ name, macAddress: '02:00:00:00:00:01', mtu: undefined })])
      const request = { ...owner, network: aNetwork('front') }
      const record = createBridge(request)
      expect(createBridge(request)).toEqual(record)
      expect(listAddresses(socket).filter(({ interfaceIndex }) => interfaceIndex !== 1)).toHaveLength(1)
    })
  })

  test('uses subnet and gateway of the file, and changes a bridge that had others', () => {
    using sandbox = createNetworkSandbox()
    sandbox.onHost(() => {
      createBridge({ ...owner, network: aNetwork('front') })
      const network = withPool({ subnet: '10.8.1.0/24', gateway: '10.8.1.254' })
      const record = createBridge({
        ...owner,
        network,
        known: { ipv4: { subnet: '10.9.0.0/24', gateway: '' } },
      })
      expect(record).toMatchObject({ ipv4: { subnet: '10.8.1.0/24', gateway: '10.8.1.254' } })
      expect(isBridgeIntact(record)).toBe(true)
    })
  })

  test('prefers what is known of it while it is free', () => {
    using sandbox = createNetworkSandbox()
    sandbox.onHost(() => {
      const request = {
        ...owner,
        network: aNetwork('front'),
        known: { ipv4: { subnet: '172.30.16.0/20', gateway: '' } },
      }
      expect(createBridge(request).ipv4?.subnet).toBe('172.30.16.0/20')
      removeLink(name)
      occupy('other', '172.30.16.5/24')
      expect(createBridge(request).ipv4?.subnet).not.toBe('172.30.16.0/20')
    })
  })

  test('avoids addresses of the host', () => {
    using sandbox = createNetworkSandbox()
    sandbox.onHost(() => {
      const request = { ...owner, network: aNetwork('front') }
      const first = createBridge(request)
      removeLink(name)
      occupy('other', `${first.ipv4?.gateway}/32`)
      expect(createBridge(request).ipv4?.subnet).not.toBe(first.ipv4?.subnet)
    })
  })

  const refusals: ReadonlyArray<{ readonly pool: Partial<IpamPool>; readonly says: string }> = [
    {
      pool: { subnet: '10.8.0.0/16' },
      says: 'Cannot create network "shop_front": its subnet 10.8.0.0/16 overlaps 10.8.1.0/24 of interface other',
    },
    { pool: { subnet: '10.9.1.0/31' }, says: 'expected an IPv4 block from /8 to /30' },
    { pool: { subnet: '10.9.1.0/24', gateway: '10.9.2.1' }, says: 'Cannot use gateway 10.9.2.1' },
  ]
  for (const { pool, says } of refusals) {
    test(`leaves nothing when it says "${says}"`, () => {
      using sandbox = createNetworkSandbox()
      sandbox.onHost(() => {
        occupy('other', '10.8.1.1/24')
        expect(() => createBridge({ ...owner, network: withPool(pool) })).toThrow(
          expect.objectContaining({
            code: 'network',
            message: expect.stringContaining(says),
            hint: expect.any(String),
          }),
        )
        expect(linkNames()).toEqual(['lo', 'other'])
      })
    })
  }
})

test('createBridge() gives every process its own subnet when several start at one block at the same moment', async () => {
  using sandbox = createNetworkSandbox()
  const racers = ['a', 'b', 'c'].map(project => startRacer(sandbox, project))
  await Promise.all(racers.map(({ lines }) => once(lines, 'line')))
  for (const { stdin } of racers) stdin.end('go\n')
  const answers = await Promise.all(racers.map(async ({ lines }) => String((await once(lines, 'line'))[0])))
  const subnets = answers.flatMap(answer => answer.split(' '))
  expect(subnets).toHaveLength(30)
  expect(new Set(subnets).size).toBe(30)
})

test('isBridgeIntact() sees a missing bridge, a missing address and a bridge that is down', () => {
  using sandbox: NetworkSandbox = createNetworkSandbox()
  sandbox.onHost(() => {
    const record = createBridge({ ...owner, network: aNetwork('front') })
    expect(isBridgeIntact({ ...record, ipv4: { subnet: '10.8.1.0/24', gateway: '10.8.1.1' } })).toBe(false)
    removeLink(name)
    expect(isBridgeIntact(record)).toBe(false)
  })
})

interface Racer {
  readonly stdin: Writable
  readonly lines: Interface
}

/** A process that makes ten bridges for networks of one name. */
function startRacer(sandbox: NetworkSandbox, project: string): Racer {
  const racer = sandbox.onHost(() =>
    spawn(process.execPath, [RACER, project], { stdio: ['pipe', 'pipe', 'inherit'] }),
  )
  return { stdin: racer.stdin, lines: createInterface({ input: racer.stdout }) }
}

function occupy(link: string, address: string): void {
  using socket = openNetlink('route')
  socket.send([
    newBridge({ name: link, macAddress: '02:00:00:00:00:01', mtu: undefined }),
    changeLink(link, { up: true }),
  ])
  const interfaceIndex = findLink(socket, link)?.index ?? 0
  const [host = '', length] = address.split('/')
  const parsed = parseIpAddress(host)
  if (parsed === undefined) throw new Error(address)
  socket.send([newAddress({ interfaceIndex, address: parsed, prefixLength: Number(length) })])
}

function linkNames(): readonly string[] {
  using socket = openNetlink('route')
  return listLinks(socket).map(link => link.name)
}

function removeLink(link: string): void {
  using socket = openNetlink('route')
  socket.send([deleteLink(link)])
}
