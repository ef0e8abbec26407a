import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { DatagramSocket } from '../../../../linux/datagram-socket.ts'
import type { SyslogAddress } from '../../../../model/log-target.ts'

/** Takes messages one by one; one that fails is of no more use. */
export interface MessageSender extends Disposable {
  /** Resolves when the reader, or the kernel on its behalf, has the message. */
  send(message: Buffer, signal: AbortSignal): Promise<void>
}

/** How often a reader is asked that has no room. */
const FULL_MS = 20

/** Connects to `address`; rejects if nobody listens there. */
export async function openSender(address: SyslogAddress): Promise<MessageSender> {
  switch (address.kind) {
    case 'unix':
      return localSender(address.path)
    case 'udp':
      return await udpSender(address)
    case 'tcp':
      return await tcpSender(address)
  }
}

function localSender(path: string): MessageSender {
  const socket = new DatagramSocket(path)
  return {
    send: async (message, signal) => {
      while (!socket.send(message)) await delay(FULL_MS, undefined, { signal })
    },
    [Symbol.dispose]: () => socket[Symbol.dispose](),
  }
}

async function udpSender({
  host,
  port,
}: {
  readonly host: string
  readonly port: number
}): Promise<MessageSender> {
  const socket = createSocket({ type: host.includes(':') ? 'udp6' : 'udp4' })
  // Each send has its own error.
  socket.on('error', () => {})
  socket.connect(port, host)
  await once(socket, 'connect')
  return {
    send: message =>
      new Promise((resolve, reject) => {
        socket.send(message, error => (error === null ? resolve() : reject(error)))
      }),
    [Symbol.dispose]: () => void socket.close(),
  }
}

/** RFC 6587, 3.4.2: a line end follows each message. */
async function tcpSender({
  host,
  port,
}: {
  readonly host: string
  readonly port: number
}): Promise<MessageSender> {
  const socket = connect({ host, port })
  await once(socket, 'connect')
  let failure: Error | undefined
  socket.on('error', error => {
    failure = error
  })
  socket.on('close', () => {
    failure ??= new Error('the connection was closed')
  })
  socket.resume()
  return {
    send: async (message, signal) => {
      if (failure !== undefined) throw failure
      socket.write(Buffer.concat([message, Buffer.from('\n')]))
      if (socket.writableNeedDrain) await once(socket, 'drain', { signal })
    },
    [Symbol.dispose]: () => void socket.destroy(),
  }
}
