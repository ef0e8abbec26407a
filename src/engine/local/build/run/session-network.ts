import { formatIpAddress } from '../../../../base/ip-address.ts'
import { removeNetns } from '../../../../linux/netns.ts'
import type { Network } from '../../../../model/network.ts'
import { pickAddress } from '../../network/address-pool.ts'
import { createBridge } from '../../network/bridge.ts'
import { bridgesOf } from '../../network/bridges-of.ts'
import { connectContainer } from '../../network/connect-container.ts'
import { applyFirewall, removeFirewall } from '../../network/firewall.ts'
import { admitBridges, withdrawBridges } from '../../network/forward-filters.ts'
import { releaseForwarding } from '../../network/forwarding.ts'
import type { Owner } from '../../network/kernel-name.ts'
import type { NetworkRecord } from '../../network/network-record.ts'
import { removeInterfaces } from '../../network/remove-interfaces.ts'

/** The network of the commands of one build. Disposal removes it. */
export interface SessionNetwork extends AsyncDisposable {
  /** The namespace's file. */
  readonly netns: string
  /** The host's address in it; undefined without a way out. */
  readonly gateway: string | undefined
}

/** What a session's network asks of the kernel. */
export interface NetworkMaker {
  /** One with a way to the outside. */
  readonly outward: (owner: Owner, netns: string) => SessionNetwork
  /** One with a loopback interface and nothing else. */
  readonly isolated: (owner: Owner, netns: string) => SessionNetwork
}

/** The network of this machine. */
export const hostNetworks: NetworkMaker = { outward: openOutward, isolated: openIsolated }

const CONTAINER = 'build'

/**
 * @throws {TcomposeError} `no-free-subnet`.
 * @throws {SystemCallError} If the kernel refuses; then nothing is left.
 */
function openOutward(owner: Owner, netns: string): SessionNetwork {
  const record = createBridge({ ...owner, network: networkOf(owner) })
  const remove = (): Promise<void> => removeOutward(owner, record, netns)
  try {
    connect(owner, record, netns)
    applyFirewall({ ...owner, networks: [record], ports: [] })
    admitBridges(owner, bridgesOf({ networks: [record] }))
  } catch (error) {
    void remove()
    throw error
  }
  return { netns, gateway: record.ipv4?.gateway, [Symbol.asyncDispose]: remove }
}

function connect(owner: Owner, record: NetworkRecord, netns: string): void {
  const used = new Set<bigint>()
  const address = pickAddress({ record, family: 'ipv4', used, wanted: undefined, owner: 'the build' })
  const addresses = { ipv4: formatIpAddress(address) }
  connectContainer({
    ...owner,
    container: CONTAINER,
    netnsPath: netns,
    endpoints: [{ record, addresses, macAddress: undefined, interfaceName: undefined, gatewayPriority: 0 }],
  })
}

async function removeOutward(owner: Owner, record: NetworkRecord, netns: string): Promise<void> {
  removeNetns(netns)
  removeFirewall(owner)
  withdrawBridges(owner)
  releaseForwarding(owner)
  await removeInterfaces({ bridges: bridgesOf({ networks: [record] }), endpoints: [] })
}

function openIsolated(owner: Owner, netns: string): SessionNetwork {
  connectContainer({ ...owner, container: CONTAINER, netnsPath: netns, endpoints: [] })
  return { netns, gateway: undefined, [Symbol.asyncDispose]: async () => removeNetns(netns) }
}

function networkOf({ project }: Owner): Network {
  return {
    key: CONTAINER,
    name: project,
    driver: 'bridge',
    external: false,
    internal: false,
    ipam: [],
    mtu: undefined,
    labels: new Map(),
  }
}
