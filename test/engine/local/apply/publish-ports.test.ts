import { expect, test } from 'vitest'
import { servicePath } from '../../../../src/base/model-path.ts'
import type { ApplyContext } from '../../../../src/engine/local/apply/apply-context.ts'
import { publishPorts } from '../../../../src/engine/local/apply/publish-ports.ts'
import type { ContainerEntry } from '../../../../src/engine/local/state/project-record.ts'
import type { PortMapping } from '../../../../src/model/network.ts'
import type { HoldRequest, KeeperConnection } from '../../../../src/runtime/keeper/keeper-connection.ts'
import { aContainerSpec, CONTAINER_ID } from '../../../support/container-input.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

const TCP = 1

interface Host {
  /** Ports that cannot be had, and why. */
  readonly refuses?: Readonly<Record<number, string>>
}

function aPort(changes: Partial<PortMapping> = {}): PortMapping {
  return {
    hostIp: undefined,
    published: { from: 8000, to: 8002 },
    target: 80,
    protocol: 'tcp',
    origin: servicePath('web', 'ports', 0),
    ...changes,
  }
}

/** Publishes `ports` on a host where 0 is 49152. `tried` is what the keeper was to hold. */
async function publish(ports: readonly PortMapping[], { refuses = {} }: Host = {}) {
  using folder = temporaryFolder()
  const tried: string[] = []
  const hold = async ({ type, address, port }: HoldRequest): Promise<number> => {
    tried.push(`${type === TCP ? 'tcp' : 'udp'} ${address.join('.')}:${port}`)
    const code = refuses[port]
    if (code !== undefined) throw Object.assign(new Error(code), { code })
    return port === 0 ? 49_152 : port
  }
  const keeper: Pick<KeeperConnection, 'hold'> = { hold }
  const roots = { data: folder.path, run: folder.path }
  const context: Pick<ApplyContext, 'roots'> = { roots }
  const entry: ContainerEntry = {
    ...{ id: CONTAINER_ID, phase: 'created', spec: aContainerSpec({ ports }), imageId: undefined },
    ...{ createdAt: 0, command: [], anonymousVolumes: [] },
  }
  const published = await publishPorts(context as ApplyContext, keeper as KeeperConnection, entry).catch(
    (error: unknown) => error,
  )
  return { published, tried }
}

test('publishPorts() takes the first port of a range', async () => {
  const { published, tried } = await publish([aPort()])
  expect(published).toEqual([{ hostIp: '0.0.0.0', hostPort: 8000, target: 80, protocol: 'tcp' }])
  expect(tried).toEqual(['tcp 0.0.0.0:8000'])
})

test('publishPorts() goes on to the next port of a range where one is in use', async () => {
  const { published, tried } = await publish([aPort({ protocol: 'udp', hostIp: '127.0.0.1' })], {
    refuses: { 8000: 'EADDRINUSE', 8001: 'EADDRINUSE' },
  })
  expect(published).toEqual([{ hostIp: '127.0.0.1', hostPort: 8002, target: 80, protocol: 'udp' }])
  expect(tried).toEqual(['udp 127.0.0.1:8000', 'udp 127.0.0.1:8001', 'udp 127.0.0.1:8002'])
})

test('publishPorts() fails where the whole range is in use, at the line of the port', async () => {
  const refuses = { 8000: 'EADDRINUSE', 8001: 'EADDRINUSE', 8002: 'EADDRINUSE' }
  const origin = servicePath('web', 'ports', 1)
  const ports = [aPort({ published: { from: 9000, to: 9000 } }), aPort({ origin })]
  const { published, tried } = await publish(ports, { refuses })
  expect(published).toMatchObject({ code: 'port-in-use', origin: 'services.web.ports.1' })
  expect(tried).toHaveLength(4)
})

test('publishPorts() tries no other port of a range where the host lacks the address', async () => {
  const { published, tried } = await publish([aPort({ hostIp: '192.0.2.1' })], {
    refuses: { 8000: 'EADDRNOTAVAIL' },
  })
  expect(published).toMatchObject({
    code: 'network',
    message: 'Cannot publish port 8000 of service "web" on 192.0.2.1: this machine has no such address',
  })
  expect(tried).toEqual(['tcp 192.0.2.1:8000'])
})

test('publishPorts() gives the port that the kernel chose where the file names none', async () => {
  const { published } = await publish([aPort({ published: undefined })])
  expect(published).toMatchObject([{ hostPort: 49_152 }])
})

test('publishPorts() holds nothing on an IPv6 address', async () => {
  const { published, tried } = await publish([aPort({ hostIp: '::1' })])
  expect(published).toMatchObject({
    code: 'network',
    message: 'Cannot publish port 80 on ::1: this version publishes on IPv4 addresses only',
    origin: 'services.web.ports.0',
  })
  expect(tried).toEqual([])
})
