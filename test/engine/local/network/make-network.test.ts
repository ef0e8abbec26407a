import { describe, expect, test } from 'vitest'
import { isBridgeIntact } from '../../../../src/engine/local/network/bridge.ts'
import { makeNetwork } from '../../../../src/engine/local/network/make-network.ts'
import { parentProblem } from '../../../../src/engine/local/network/parent-network.ts'
import { openNetlink } from '../../../../src/linux/netlink/netlink-socket.ts'
import { readNetworkSysctl } from '../../../../src/linux/network-sysctl.ts'
import { findLink, listLinks, newBridge } from '../../../../src/linux/rtnetlink/link.ts'
import { hasLinkKind } from '../../../../src/linux/rtnetlink/link-kind.ts'
import type { Network } from '../../../../src/model/network.ts'
import { aNetwork } from '../../../support/model-builders.ts'
import { createNetworkSandbox } from '../../../support/network-sandbox.ts'

const owner = { tag: 'abc123', project: 'shop' }
const macAddress = '02:00:00:00:00:01'

function inSandbox(work: () => void): void {
  using sandbox = createNetworkSandbox()
  sandbox.onHost(() => work())
}

function withSubnets(changes: Partial<Network>, ...subnets: readonly string[]): Network {
  const rest = { ipRange: undefined, gateway: undefined, auxAddresses: new Map<string, string>() }
  return aNetwork('front', { ...changes, ipam: subnets.map(subnet => ({ ...rest, subnet })) })
}

describe('makeNetwork() of a bridge', () => {
  test('gives it an address of each family at once, and has the kernel forward both', () => {
    inSandbox(() => {
      const network = withSubnets({ ipv6: true }, '10.8.1.0/24')
      const record = makeNetwork({ ...owner, network })
      expect(record).toMatchObject({
        ipv4: { subnet: '10.8.1.0/24', gateway: '10.8.1.1' },
        ipv6: {
          subnet: expect.stringMatching(/^fd.*::\/64$/),
          gateway: expect.stringMatching(/^fd.*::1$/),
        },
      })
      expect(isBridgeIntact(record)).toBe(true)
      expect(makeNetwork({ ...owner, network })).toEqual(record)
      expect(['ipv4/ip_forward', 'ipv6/conf/all/forwarding'].map(readNetworkSysctl)).toEqual(['1', '1'])
    })
  })

  test('may have IPv6 alone', () => {
    inSandbox(() => {
      const record = makeNetwork({ ...owner, network: aNetwork('front', { ipv4: false, ipv6: true }) })
      expect(record.ipv4).toBeUndefined()
      expect(isBridgeIntact(record)).toBe(true)
    })
  })

  test('leaves the forwarding of IPv6 alone without it', () => {
    inSandbox(() => {
      makeNetwork({ ...owner, network: aNetwork('front') })
      expect(readNetworkSysctl('ipv6/conf/all/forwarding')).toBe('0')
    })
  })

  test('takes the addresses of a family away that it no longer has', () => {
    inSandbox(() => {
      const both = makeNetwork({ ...owner, network: aNetwork('front', { ipv6: true }) })
      const record = makeNetwork({ ...owner, network: aNetwork('front') })
      expect(record).toEqual({ network: aNetwork('front'), bridge: both.bridge, ipv4: both.ipv4 })
      expect(isBridgeIntact({ ...both, network: aNetwork('front', { ipv6: true }) })).toBe(false)
    })
  })

  test('has the name that the file gives it, unless somebody else has an interface of the name', () => {
    inSandbox(() => {
      const network = aNetwork('front', { options: { bridgeName: 'br-shop' } })
      expect(makeNetwork({ ...owner, network }).bridge).toBe('br-shop')
      expect(makeNetwork({ ...owner, network }).bridge).toBe('br-shop')
      using socket = openNetlink('route')
      socket.send([newBridge({ name: 'theirs', macAddress, mtu: undefined })])
      const taken = aNetwork('front', { options: { bridgeName: 'theirs' } })
      expect(() => makeNetwork({ ...owner, network: taken })).toThrow(
        expect.objectContaining({ code: 'network', origin: 'networks.front.driver_opts' }),
      )
      expect(findLink(socket, 'theirs')).toBeDefined()
    })
  })

  for (const options of [{ gatewayModeIpv4: 'isolated' }, { inhibitIpv4: true }] as const) {
    test(`gives it no address with ${JSON.stringify(options)}`, () => {
      inSandbox(() => {
        const record = makeNetwork({ ...owner, network: withSubnets({ options }, '10.8.1.0/24') })
        expect(record.ipv4).toEqual({ subnet: '10.8.1.0/24', gateway: '10.8.1.1' })
        expect(isBridgeIntact(record)).toBe(true)
        expect(isBridgeIntact({ ...record, network: aNetwork('front') })).toBe(false)
      })
    })
  }
})

describe('makeNetwork() of macvlan and ipvlan', () => {
  const onWire = { driver: 'macvlan', options: { parent: 'uplink' } } as const

  test('makes nothing, and takes a subnet that the host may be in', () => {
    inSandbox(() => {
      using socket = openNetlink('route')
      socket.send([newBridge({ name: 'uplink', macAddress, mtu: undefined })])
      const network = withSubnets(onWire, '10.8.1.0/24')
      expect(makeNetwork({ ...owner, network })).toEqual({
        network,
        bridge: undefined,
        ipv4: { subnet: '10.8.1.0/24', gateway: '10.8.1.1' },
      })
      expect(listLinks(socket).map(({ name }) => name)).toEqual(['lo', 'uplink'])
      const known = { ipv4: { subnet: '172.20.0.0/20', gateway: '172.20.0.1' } }
      expect(makeNetwork({ ...owner, network: withSubnets(onWire), known }).ipv4).toEqual(known.ipv4)
    })
  })

  test('refuses an interface that the host lacks', () => {
    inSandbox(() => {
      expect(() => makeNetwork({ ...owner, network: withSubnets(onWire) })).toThrow(
        expect.objectContaining({
          message: 'Cannot create network "shop_front": this host has no interface "uplink"',
          origin: 'networks.front.driver_opts.parent',
        }),
      )
    })
  })

  test('says how to make a VLAN that the host lacks', () => {
    inSandbox(() => {
      const network = withSubnets({ ...onWire, options: { parent: 'uplink.50' } })
      expect(() => makeNetwork({ ...owner, network })).toThrow(
        expect.objectContaining({
          hint: 'Make it first: ip link add link uplink name uplink.50 type vlan id 50; ip link set uplink.50 up',
        }),
      )
    })
  })

  test('says whether the kernel has the kind', () => {
    inSandbox(() => {
      using socket = openNetlink('route')
      socket.send([newBridge({ name: 'uplink', macAddress, mtu: undefined })])
      const problem = parentProblem(withSubnets({ ...onWire, driver: 'ipvlan' }))
      expect(problem?.code).toBe(hasLinkKind(socket, 'ipvlan') ? undefined : 'missing-kernel-feature')
      expect(parentProblem(withSubnets(onWire))).toBeUndefined()
      expect(parentProblem(aNetwork('front'))).toBeUndefined()
    })
  })
})
