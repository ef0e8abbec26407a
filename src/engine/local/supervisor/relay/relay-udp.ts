import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import { once } from 'node:events'
import type { Clock } from '../clock.ts'
import type { RelayTarget } from './relay-tcp.ts'

export interface UdpRelayTarget extends RelayTarget {
  readonly clock: Clock
  /** That the socket is bound to. */
  readonly hostIp: string
}

/** How long a client is known from which, and to which, nothing comes: that of docker-proxy. */
const IDLE_MS = 90_000
const MOST_CLIENTS = 1024

/** Passes datagrams on to the target, from a socket of its own for each client, and its answers back. */
export async function relayUdp(target: UdpRelayTarget): Promise<AsyncDisposable> {
  const socket = createSocket(typeFor(target.hostIp))
  const flows = new Map<string, Flow>()
  socket.on('message', (packet, client) => {
    const key = `${client.address} ${client.port}`
    const flow = flows.get(key) ?? (flows.size < MOST_CLIENTS ? openFlow(key, client) : undefined)
    flow?.send(packet)
  })
  const openFlow = (key: string, client: RemoteInfo): Flow => {
    const flow = new Flow(target, {
      answer: packet => socket.send(packet, client.port, client.address, ignoreUndelivered),
      onIdle: () => {
        flows.delete(key)
        flow.close()
      },
    })
    flows.set(key, flow)
    return flow
  }
  // Node reports an adopted socket from within bind().
  const listening = once(socket, 'listening')
  socket.bind({ fd: target.fd })
  await listening
  socket.on('error', target.onError)
  return {
    [Symbol.asyncDispose]: async () => {
      for (const flow of flows.values()) flow.close()
      await new Promise<void>(resolve => socket.close(resolve))
    },
  }
}

interface FlowHooks {
  readonly answer: (packet: Buffer) => void
  readonly onIdle: () => void
}

/** What one client has sent and gets back. */
class Flow {
  readonly #target: UdpRelayTarget
  readonly #hooks: FlowHooks
  readonly #socket: Socket
  #cancel: () => void = () => {}
  #lastUsed: number

  constructor(target: UdpRelayTarget, hooks: FlowHooks) {
    this.#target = target
    this.#hooks = hooks
    this.#socket = createSocket(typeFor(target.address))
    this.#lastUsed = target.clock.now()
    // The target may refuse a datagram: that ends no flow of UDP.
    this.#socket.on('error', ignoreUndelivered)
    this.#socket.on('message', packet => {
      this.#lastUsed = target.clock.now()
      hooks.answer(packet)
    })
    this.#socket.unref()
    this.#awaitIdle(IDLE_MS)
  }

  send(packet: Buffer): void {
    const { address, port, clock } = this.#target
    this.#lastUsed = clock.now()
    this.#socket.send(packet, port, address, ignoreUndelivered)
  }

  close(): void {
    this.#cancel()
    this.#socket.close()
  }

  #awaitIdle(delayMs: number): void {
    const { clock } = this.#target
    this.#cancel = clock.after(delayMs, () => {
      const left = this.#lastUsed + IDLE_MS - clock.now()
      if (left > 0) this.#awaitIdle(left)
      else this.#hooks.onIdle()
    })
  }
}

function typeFor(address: string): 'udp4' | 'udp6' {
  return address.includes(':') ? 'udp6' : 'udp4'
}

function ignoreUndelivered(): void {}
