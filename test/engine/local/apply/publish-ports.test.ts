import { expect, test } from 'vitest'
import { servicePath } from '../../../../src/base/model-path.ts'
import type { ApplyContext } from '../../../../src/engine/local/apply/apply-context.ts'
import { publishPorts, republishPorts } from '../../../../src/engine/local/apply/publish-ports.ts'
import type { LiveEndpoint } from '../../../../src/engine/local/state/live-record.ts'
import type { ContainerEntry } from '../../../../src/engine/local/state/project-record.ts'
import { parseContainerId } from '../../../../src/model/names.ts'
import type { PortMapping } from '../../../../src/model/network.ts'
import type { HoldRequest, KeeperConnection } from '../../../../src/runtime/keeper/keeper-connection.ts'
import { keeperGone } from '../../../../src/runtime/keeper/keeper-error.ts'
import { aContainerSpec, CONTAINER_ID } from '../../../support/container-input.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

const TCP = 1

interface Host {
  /** Ports, or addresses and ports, that cannot be had, and why. */
  readonly refuses?: Readonly<Record<string, string>>
  /** Of another container of the project. */
  readonly others?: readonly PortMapping[]
  /** Its keeper is gone. */
  readonly isGone?: boolean
}

function aPort(changes: Partial<PortMapping> = {}): PortMapping {
  return {
    hostIp: '0.0.0.0',
    published: { from: 8000, to: 8002 },
    target: 80,
    protocol: 'tcp',
    origin: servicePath('web', 'ports', 0),
    ...changes,
  }
}

const ENDPOINT: LiveEndpoint = {
  ...{ network: 'default', networkName: 'shop_default', ipv4Address: '172.18.0.2', prefixLength: 16 },
  ...{ gateway: '172.18.0.1', macAddress: '02:42:ac:12:00:02', interfaceName: 'eth0', hostInterface: 'v' },
  aliases: [],
}

/** Publishes `ports` on a host with both families, where 0 is 49152. `tried` is what the keeper was to hold. */
async function publish(
  ports: readonly PortMapping[],
  { refuses = {}, others = [], isGone = false }: Host = {},
) {
  using folder = temporaryFolder()
  const tried: string[] = []
  const released: string[] = []
  const hold = async ({ name, type, address, port, backlog }: HoldRequest): Promise<number> => {
    if (isGone) throw keeperGone()
    const protocol = type === TCP ? 'tcp' : 'udp'
    const host = address.length === 4 ? address.join('.') : name.split('/')[4]
    tried.push(`${protocol} ${host}:${port}${backlog > 0 ? ' listening' : ''}`)
    const code = refuses[`${host}:${port}`] ?? refuses[port]
    if (code !== undefined) throw Object.assign(new Error(code), { code })
    return port === 0 ? 49_152 + tried.length : port
  }
  const release = async (name: string) => released.push(name)
  const keeper: Pick<KeeperConnection, 'hold' | 'release'> = { hold, release }
  const roots = { data: folder.path, run: folder.path }
  const entry: ContainerEntry = {
    ...{ id: CONTAINER_ID, phase: 'created', spec: aContainerSpec({ ports }), imageId: undefined },
    ...{ createdAt: 0, command: [], anonymousVolumes: [] },
  }
  const other = { ...entry, id: parseContainerId('f'.repeat(64)), spec: aContainerSpec({ ports: others }) }
  const containers = new Map([entry, other].map(each => [each.id, each]))
  const context = { roots, store: { record: { containers } } }
  const published = await publishPorts(context as unknown as ApplyContext, keeper as KeeperConnection, {
    entry,
    endpoints: [ENDPOINT],
  }).catch((error: unknown) => error)
  return { published, tried, released }
}

test('publishPorts() says that the keeper is gone, and nothing of the port', async () => {
  const { published, released } = await publish([aPort()], { isGone: true })
  expect(published).toMatchObject({ code: 'keeper', message: keeperGone().message })
  expect(released).toEqual([])
})

test('publishPorts() takes the first port of a range, on every address of both families', async () => {
  const { published, tried } = await publish([aPort({ hostIp: undefined })])
  const port = { hostPort: 8000, target: 80, protocol: 'tcp' }
  expect(published).toEqual({
    ports: [
      { hostIp: '0.0.0.0', ...port },
      { hostIp: '::', ...port },
    ],
    relays: [
      {
        socket: `${CONTAINER_ID.slice(0, 12)}/port/0/tcp/::/8000`,
        ...{ protocol: 'tcp', address: '172.18.0.2', port: 80 },
      },
    ],
  })
  expect(tried).toEqual(['tcp 0.0.0.0:8000', 'tcp :::8000 listening'])
})

test('publishPorts() goes on to the next port of a range where one is in use', async () => {
  const { published, tried } = await publish([aPort({ protocol: 'udp', hostIp: '127.0.0.1' })], {
    refuses: { 8000: 'EADDRINUSE', 8001: 'EADDRINUSE' },
  })
  expect(published).toEqual({
    ports: [{ hostIp: '127.0.0.1', hostPort: 8002, target: 80, protocol: 'udp' }],
    relays: [],
  })
  expect(tried).toEqual(['udp 127.0.0.1:8000', 'udp 127.0.0.1:8001', 'udp 127.0.0.1:8002'])
})

test('publishPorts() leaves a port of a range to another container that has to have it', async () => {
  const others = [aPort({ hostIp: undefined, published: { from: 8000, to: 8000 } })]
  const { tried } = await publish([aPort()], { others, refuses: { 8001: 'EADDRINUSE', 8002: 'EADDRINUSE' } })
  expect(tried).toEqual(['tcp 0.0.0.0:8001', 'tcp 0.0.0.0:8002', 'tcp 0.0.0.0:8000'])
})

test('publishPorts() releases a port of IPv4 that is in use on IPv6, and goes on to the next', async () => {
  const { published, released } = await publish([aPort({ hostIp: undefined })], {
    refuses: { ':::8000': 'EADDRINUSE' },
  })
  expect(published).toMatchObject({ ports: [{ hostPort: 8001 }, { hostPort: 8001 }] })
  expect(released).toEqual([`${CONTAINER_ID.slice(0, 12)}/port/0/tcp/0.0.0.0/8000`])
})

test('publishPorts() asks for another port where that of the kernel is in use on IPv6', async () => {
  const { published, tried } = await publish([aPort({ hostIp: undefined, published: undefined })], {
    refuses: { ':::49153': 'EADDRINUSE' },
  })
  expect(published).toMatchObject({ ports: [{ hostPort: 49_155 }, { hostPort: 49_155 }] })
  expect(tried).toHaveLength(4)
})

test('publishPorts() fails where the whole range is in use, at the line of the port', async () => {
  const refuses = { 8000: 'EADDRINUSE', 8001: 'EADDRINUSE', 8002: 'EADDRINUSE' }
  const origin = servicePath('web', 'ports', 1)
  const ports = [aPort({ published: { from: 9000, to: 9000 } }), aPort({ origin })]
  const { published, tried } = await publish(ports, { refuses })
  expect(published).toMatchObject({ code: 'port-in-use', origin: 'services.web.ports.1' })
  expect(tried).toHaveLength(4)
})

for (const { hostIp, code, reason } of [
  { hostIp: '192.0.2.1', code: 'EADDRNOTAVAIL', reason: 'this machine has no such address' },
  { hostIp: '2001:db8::1', code: 'EADDRNOTAVAIL', reason: 'this machine has no such address' },
  { hostIp: '::1', code: 'EAFNOSUPPORT', reason: 'this machine has no IPv6' },
]) {
  test(`publishPorts() tries no other port of a range for ${code} of ${hostIp}`, async () => {
    const { published, tried } = await publish([aPort({ hostIp })], { refuses: { 8000: code } })
    expect(published).toMatchObject({
      code: 'network',
      message: `Cannot publish port 8000 of service "web" on ${hostIp}: ${reason}`,
    })
    expect(tried).toHaveLength(1)
  })
}

test('publishPorts() gives the port that the kernel chose where the file names none', async () => {
  const { published } = await publish([aPort({ published: undefined })])
  expect(published).toMatchObject({ ports: [{ hostPort: 49_153 }] })
})

test('publishPorts() relays a port of IPv6 over UDP, and holds its socket without listening', async () => {
  const { published, tried } = await publish([aPort({ hostIp: '::1', protocol: 'udp' })])
  expect(published).toMatchObject({ relays: [{ protocol: 'udp', address: '172.18.0.2', port: 80 }] })
  expect(tried).toEqual(['udp ::1:8000'])
})

test('republishPorts() relays what the kernel cannot lead to the endpoints of then, on sockets that listen', async () => {
  const prefix = `${CONTAINER_ID.slice(0, 12)}/port/`
  const asked: string[] = []
  const keeper: Pick<KeeperConnection, 'hold' | 'release' | 'held'> = {
    held: async () => [
      { name: `${prefix}0/tcp/0.0.0.0/0`, port: 8000 },
      { name: `${prefix}0/tcp/::/8000`, port: 8000 },
    ],
    release: async name => asked.push(`release ${name}`),
    hold: async ({ name, port, backlog }) => {
      asked.push(`hold ${name}${backlog > 0 ? ' listening' : ''}`)
      return port
    },
  }
  const spec = aContainerSpec({ ports: [aPort({ hostIp: undefined })] })
  const entry = { id: CONTAINER_ID, spec } as ContainerEntry
  const context = { keeper: async () => keeper } as unknown as ApplyContext
  const port = { hostPort: 8000, target: 80, protocol: 'tcp' } as const
  const ports = [
    { hostIp: '0.0.0.0', ...port },
    { hostIp: '::', ...port },
  ]
  const relayed = {
    socket: `${prefix}0/tcp/::/8000`,
    protocol: 'tcp',
    address: '172.18.0.2',
    port: 80,
  } as const
  const { ipv4Address: _, ...rest } = ENDPOINT
  const ipv6 = { address: 'fd00::7', prefixLength: 64 }
  const endpoints = [{ ...rest, ipv4Address: undefined, ipv6 }]
  expect(await republishPorts(context, { entry, live: { ports, relays: [relayed] }, endpoints })).toEqual([
    { socket: `${prefix}0/tcp/0.0.0.0/8000`, protocol: 'tcp', address: 'fd00::7', port: 80 },
    { ...relayed, address: 'fd00::7' },
  ])
  expect(asked).toEqual([`release ${prefix}0/tcp/0.0.0.0/0`, `hold ${prefix}0/tcp/0.0.0.0/8000 listening`])
  expect(await republishPorts(context, { entry, live: { ports: [] }, endpoints })).toEqual([])
})
