import { join } from 'node:path'
import { expect, test } from 'vitest'
import { DatagramSocket } from '../../src/linux/datagram-socket.ts'
import { DatagramReceiver } from '../support/datagram-receiver.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

test('DatagramSocket.send() sends one datagram for each call, and says when there is no room', () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'socket')
  expect(() => new DatagramSocket(path)).toThrow('ENOENT')
  using receiver = new DatagramReceiver(path)
  using socket = new DatagramSocket(path)
  let sent = 0
  while (socket.send(Buffer.from(`${sent}`))) sent += 1
  expect(receiver.take().map(String)).toEqual(Array.from({ length: sent }, (_, index) => `${index}`))
  expect(socket.send(Buffer.from('again'))).toBe(true)
  expect(() => socket.send(Buffer.alloc(1 << 24))).toThrow('EMSGSIZE')
})
