import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { describe, expect, test } from 'vitest'
import { servicePath } from '../../src/base/model-path.ts'
import { portInUse } from '../../src/engine/local/network/port-in-use.ts'
import { findPortHolder, parseSocketTable } from '../../src/linux/socket-holder.ts'
import { createNetworkSandbox } from '../support/network-sandbox.ts'
import { startAgent } from '../support/traffic.ts'

test('parseSocketTable() reads address, port, state and inode', () => {
  const text = [
    '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
    '   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 424242 1 0000 100 0 0 10 0',
    '',
  ].join('\n')
  expect(parseSocketTable(text)).toEqual([{ address: '0100007F', port: 8080, state: '0A', inode: 424242 }])
})

describe('findPortHolder()', () => {
  test('names the process behind TCP and UDP sockets, by address', async () => {
    using sandbox = createNetworkSandbox()
    await using agent = await startAgent(sandbox.host, 'holder')
    await agent.listen('127.0.0.1', 8080)
    const find = (hostIp: string, hostPort: number) =>
      (['tcp', 'udp'] as const).map(protocol =>
        sandbox.onHost(() => findPortHolder({ hostIp, hostPort, protocol })?.pid),
      )
    expect(find('0.0.0.0', 8080)).toEqual([agent.pid, agent.pid])
    expect(find('', 8080)).toEqual([agent.pid, agent.pid])
    expect(find('127.0.0.1', 8080)).toEqual([agent.pid, agent.pid])
    expect(find('127.0.0.2', 8080)).toEqual([undefined, undefined])
    expect(find('0.0.0.0', 8081)).toEqual([undefined, undefined])
  })

  test('sees a socket on every IPv6 address, which takes IPv4 too', async () => {
    const tcp = createServer().listen(0, '::')
    const udp = createSocket('udp6').bind(0, '::')
    await Promise.all([once(tcp, 'listening'), once(udp, 'listening')])
    const address = tcp.address()
    const tcpPort = typeof address === 'object' ? (address?.port ?? 0) : 0
    const hostIp = '127.0.0.1'
    expect(findPortHolder({ hostIp, hostPort: tcpPort, protocol: 'tcp' })).toMatchObject({ pid: process.pid })
    expect(findPortHolder({ hostIp, hostPort: udp.address().port, protocol: 'udp' })).toMatchObject({
      pid: process.pid,
    })
    tcp.close()
    udp.close()
  })
})

describe('portInUse()', () => {
  const holder = { pid: 123, command: 'nginx' }
  const words: ReadonlyArray<{
    readonly hostIp: string
    readonly protocol: 'tcp' | 'udp'
    readonly message: string
  }> = [
    {
      hostIp: '0.0.0.0',
      protocol: 'tcp',
      message: 'Cannot publish port 8080 of service "web": it is in use by nginx (pid 123)',
    },
    {
      hostIp: '127.0.0.1',
      protocol: 'udp',
      message: 'Cannot publish port 127.0.0.1:8080/udp of service "web": it is in use by nginx (pid 123)',
    },
  ]
  for (const { hostIp, protocol, message } of words) {
    test(`says who holds ${hostIp}:8080/${protocol}`, () => {
      const error = portInUse({
        port: { hostIp, hostPort: 8080, protocol },
        service: 'web',
        holder,
        origin: servicePath('web', 'ports', 0),
      })
      expect(error).toMatchObject({
        code: 'port-in-use',
        message,
        hint: 'Stop nginx, or publish another port',
        origin: 'services.web.ports.0',
      })
    })
  }

  test('does without a holder that nobody can see', () => {
    const port = { hostIp: '', hostPort: 80, protocol: 'tcp' } as const
    expect(portInUse({ port, service: 'web', holder: undefined, origin: undefined }).message).toBe(
      'Cannot publish port 80 of service "web": it is in use',
    )
  })
})
