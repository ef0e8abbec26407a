import { once } from 'node:events'
import { createServer } from 'node:net'
import { expect, test } from 'vitest'
import { canBind } from '../../src/linux/can-bind.ts'

test('canBind() tells a TCP port that is taken from the same one once it is free', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const hostPort = typeof address === 'object' && address !== null ? address.port : 0
  expect(canBind({ hostIp: '127.0.0.1', hostPort, protocol: 'tcp' })).toBe(false)
  expect(canBind({ hostIp: '0.0.0.0', hostPort, protocol: 'tcp' })).toBe(false)
  expect(canBind({ hostIp: '127.0.0.1', hostPort, protocol: 'udp' })).toBe(true)
  server.close()
  await once(server, 'close')
  expect(canBind({ hostIp: '127.0.0.1', hostPort, protocol: 'tcp' })).toBe(true)
})
