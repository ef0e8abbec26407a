import { parseIpAddress } from '../../base/ip-address.ts'
import { parseGoBool } from '../../base/parse-go-bool.ts'
import type { GatewayMode, NetworkDriver, NetworkOptions } from '../../model/network.ts'
import { entriesOf, type MapNode, nodeAt, stringOf } from '../document/node.ts'

/** An option of a network's driver. */
export interface NetworkOption {
  /** The drivers that know it. */
  readonly drivers: readonly NetworkDriver[]
  /** What its value may be. */
  readonly expected: string
  /** Reads a value; undefined for one that is none. What is the default is left out. */
  readonly read: (text: string) => NetworkOptions | undefined
}

/** The option of the MTU, which every driver has. */
export const MTU_OPTION = 'com.docker.network.driver.mtu'

const BRIDGE = 'com.docker.network.bridge'
const GATEWAY_MODES: readonly GatewayMode[] = ['nat', 'nat-unprotected', 'routed', 'isolated']

/** By the names that Docker has for them, but for that of the MTU. */
export const NETWORK_OPTIONS: ReadonlyMap<string, NetworkOption> = new Map<string, NetworkOption>([
  [`${BRIDGE}.name`, bridge('1 to 15 characters', /^[^\s/:]{1,15}$/, bridgeName => ({ bridgeName }))],
  [`${BRIDGE}.enable_icc`, flag(isOn => (isOn ? {} : { interContainer: false }))],
  [`${BRIDGE}.enable_ip_masquerade`, flag(isOn => (isOn ? {} : { masquerade: false }))],
  [`${BRIDGE}.inhibit_ipv4`, flag(isOn => (isOn ? { inhibitIpv4: true } : {}))],
  [`${BRIDGE}.host_binding_ipv4`, address('ipv4', hostBindingIpv4 => ({ hostBindingIpv4 }))],
  [`${BRIDGE}.host_binding_ipv6`, address('ipv6', hostBindingIpv6 => ({ hostBindingIpv6 }))],
  [`${BRIDGE}.gateway_mode_ipv4`, gatewayMode(mode => ({ gatewayModeIpv4: mode }))],
  [`${BRIDGE}.gateway_mode_ipv6`, gatewayMode(mode => ({ gatewayModeIpv6: mode }))],
  [
    `${BRIDGE}.trusted_host_interfaces`,
    bridge('names of interfaces with colons between', /^[^\s/]+$/, text => ({
      trustedInterfaces: text.split(':').filter(name => name !== ''),
    })),
  ],
  [
    'com.docker.network.container_iface_prefix',
    {
      drivers: ['bridge', 'macvlan', 'ipvlan'],
      expected: '1 to 12 characters',
      read: text => (/^[^\s/:]{1,12}$/.test(text) ? { interfacePrefix: text } : undefined),
    },
  ],
  [
    'parent',
    {
      drivers: ['macvlan', 'ipvlan'],
      expected: 'the name of an interface of the host',
      read: text => (/^[^\s/:]{1,15}$/.test(text) ? { parent: text } : undefined),
    },
  ],
  [
    'macvlan_mode',
    choice('macvlan', ['bridge', 'private', 'vepa', 'passthru'] as const, mode => ({ macvlanMode: mode })),
  ],
  ['ipvlan_mode', choice('ipvlan', ['l2', 'l3', 'l3s'] as const, mode => ({ ipvlanMode: mode }))],
  ['ipvlan_flag', choice('ipvlan', ['bridge', 'private', 'vepa'] as const, mode => ({ ipvlanFlag: mode }))],
])

/** Reads the options of a network's driver; undefined for none. */
export function readNetworkOptions(network: MapNode): NetworkOptions | undefined {
  const read = [...entriesOf(nodeAt(network, ['driver_opts']))].map(
    ([name, { value }]) => NETWORK_OPTIONS.get(name)?.read(stringOf(value) ?? '') ?? {},
  )
  const options: NetworkOptions = Object.assign({}, ...read)
  return Object.keys(options).length === 0 ? undefined : options
}

function bridge(expected: string, pattern: RegExp, read: (text: string) => NetworkOptions): NetworkOption {
  return { drivers: ['bridge'], expected, read: text => (pattern.test(text) ? read(text) : undefined) }
}

function flag(read: (isOn: boolean) => NetworkOptions): NetworkOption {
  return {
    drivers: ['bridge'],
    expected: 'true or false',
    read: text => {
      const isOn = parseGoBool(text)
      return isOn === undefined ? undefined : read(isOn)
    },
  }
}

function address(family: 'ipv4' | 'ipv6', read: (text: string) => NetworkOptions): NetworkOption {
  return {
    drivers: ['bridge'],
    expected: family === 'ipv4' ? 'an IPv4 address' : 'an IPv6 address',
    read: text => (parseIpAddress(text)?.family === family ? read(text) : undefined),
  }
}

function gatewayMode(read: (mode: GatewayMode) => NetworkOptions): NetworkOption {
  const chosen = choice('bridge', GATEWAY_MODES, read)
  return { ...chosen, read: text => (text === 'nat' ? {} : chosen.read(text)) }
}

function choice<T extends string>(
  driver: NetworkDriver,
  values: readonly T[],
  read: (value: T) => NetworkOptions,
): NetworkOption {
  return {
    drivers: [driver],
    expected: values.map(value => `"${value}"`).join(', '),
    read: text => {
      const value = values.find(each => each === text)
      return value === undefined ? undefined : read(value)
    },
  }
}
