import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, constants, openSync, writeSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { leaveRunning } from '../../../../src/engine/local/attach/leave-running.ts'
import { connectUnixSocket } from '../../../../src/linux/unix-socket.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

test('leaveRunning() reads what is written, and keeps the connection until nobody writes', async () => {
  using folder = temporaryFolder()
  const [fifo, path] = [join(folder.path, 'fifo'), join(folder.path, 'socket')]
  execFileSync('mkfifo', [fifo])
  const server = createServer().listen(path)
  await once(server, 'listening')
  const accepted: Promise<Socket[]> = once(server, 'connection')
  const socket = connectUnixSocket(path)
  const [connection] = await accepted
  if (socket === undefined || connection === undefined) throw new Error('nobody listens')
  const master = openSync(fifo, constants.O_RDONLY | constants.O_NONBLOCK)
  const writer = openSync(fifo, constants.O_WRONLY)
  const end = once(connection.resume(), 'end')
  leaveRunning({ master, socket })
  closeSync(master)
  closeSync(socket)
  // More than a FIFO holds.
  const text = Buffer.alloc(1 << 20)
  for (let written = 0; written < text.length; ) written += writeSync(writer, text.subarray(written))
  expect(connection.readyState).toBe('open')
  closeSync(writer)
  await end
  connection.destroy()
  server.close()
})
