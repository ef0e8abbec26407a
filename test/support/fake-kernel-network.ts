import type { KernelNetwork } from '../../src/engine/local/apply/kernel-network.ts'
import type { SystemCallError } from '../../src/linux/libc.ts'

/** A kernel that remembers what it was asked and makes nothing. */
export interface FakeKernelNetwork extends KernelNetwork {
  /** What was asked, in order. */
  readonly asked: string[]
  /** Interfaces that it refuses to delete. */
  readonly kept: Map<string, SystemCallError>
  /** The older iptables drops what is forwarded. */
  legacyBlocks: boolean
}

/** Returns a kernel in which networks get 10.1.0.0/24, 10.2.0.0/24 and so on. */
export function fakeKernelNetwork(): FakeKernelNetwork {
  const asked: string[] = []
  let bridges = 0
  const network: FakeKernelNetwork = {
    asked,
    kept: new Map(),
    legacyBlocks: false,
    makeNetwork: ({ network: made, known }) => {
      bridges += 1
      const hint = known?.ipv4?.subnet
      asked.push(`bridge ${made.name}${hint === undefined ? '' : ` like ${hint}`}`)
      const prefix = `10.${bridges}.0`
      const ipv4 = { subnet: `${prefix}.0/24`, gateway: `${prefix}.1` }
      return { network: made, bridge: `br${bridges}`, ipv4 }
    },
    lendInterfaces: (_netns, wanted) => {
      for (const { hostName, name } of wanted) asked.push(`lend ${hostName} as ${name}`)
    },
    addEndpoints: (_request, { before, endpoints }) => {
      const present = new Set(before.map(each => each.network))
      const added = endpoints.filter(each => !present.has(each.network))
      asked.push(`add ${added.map(each => `${each.interfaceName} on ${each.networkName}`).join(', ')}`)
    },
    deleteInside: (_netns, interfaces) => {
      if (interfaces.length > 0) asked.push(`delete ${interfaces.join(' ')} inside`)
    },
    interfacesInside: () => new Set(['lo']),
    removeNetns: () => void asked.push('remove netns'),
    removeInterfaces: async ({ bridges: doomed, endpoints }) => {
      const names = [...endpoints, ...doomed]
      if (names.length > 0) asked.push(`remove ${names.join(' ')}`)
      return new Map([...network.kept].filter(([name]) => names.includes(name)))
    },
    removeInterfacesElsewhere: async ({ bridges: doomed, endpoints }, send) => {
      const names = [...endpoints, ...doomed]
      await send(Buffer.alloc(0))
      asked.push(`remove elsewhere ${names.join(' ')}`)
      return new Map([...network.kept].filter(([name]) => names.includes(name)))
    },
    updateFirewall: ({ ports }) => {
      const routes = ports.all().map(({ hostPort, containerAddress, target }) => {
        return ` ${hostPort}->${containerAddress}:${target}`
      })
      asked.push(`firewall${routes.join('')}`)
    },
    isBlockedByLegacy: () => network.legacyBlocks,
  }
  return network
}
