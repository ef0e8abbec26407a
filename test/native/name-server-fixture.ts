import { spawn } from 'node:child_process'
import { createSocket, type Socket as UdpSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect } from 'node:net'
import { join } from 'node:path'
import { type DecodedPacket, decode } from 'dns-packet'
import { projectRoot } from '../../scripts/project-root.ts'
import { systemClock } from '../../src/engine/local/supervisor/clock.ts'
import type { ClientView, Order, Report } from '../../src/engine/local/supervisor/dns/orders.ts'
import {
  type ServerProcess,
  startServerProcess,
} from '../../src/engine/local/supervisor/dns/server-process.ts'
import type { Upstream } from '../../src/engine/local/supervisor/dns/upstreams.ts'
import { foldCase, type WireName, wireName } from '../../src/engine/local/supervisor/dns/wire-name.ts'
import type { KeeperPort } from '../../src/engine/local/supervisor/keeper-port.ts'
import { boundSocket } from '../support/bound-socket.ts'
import { FrameReader, frame } from '../support/dns-frames.ts'

/** Starts the program in place of the keeper. */
class ProgramKeeper implements Pick<KeeperPort, 'launch' | 'wait'> {
  readonly #program: string
  readonly #ended = Promise.withResolvers<{ readonly status: number }>()
  pid = 0

  constructor(program: string) {
    this.#program = program
  }

  async launch(_: Buffer, fds: readonly number[] = []): Promise<{ readonly pid: number }> {
    const child = spawn(this.#program, [], { cwd: '/', env: {}, stdio: [...fds] })
    child.once('exit', () => this.#ended.resolve({ status: 0 }))
    await once(child, 'spawn')
    this.pid = child.pid ?? 0
    return { pid: this.pid }
  }

  wait(): Promise<{ readonly status: number }> {
    return this.#ended.promise
  }
}

/** Where a container asks. */
export interface AskedPorts {
  readonly udp: number
  readonly tcp: number
}

/** The name server under sanitizers, or the one that is shipped, with an owner that answers its reports. */
export class NameServerScene implements AsyncDisposable {
  readonly process: ServerProcess
  readonly #keeper: ProgramKeeper
  readonly reports: Report[] = []
  /** Resolves when the program has ended by itself. */
  readonly ended: Promise<void>
  /** What is told when the server asks what is new; undefined: nothing, not even that there is nothing. */
  onSync: (() => readonly Order[]) | undefined = () => []
  /** What is sent when sockets are asked for. */
  onSockets: () => readonly number[] = () => []
  #lastClient = 0

  private constructor(
    { process, keeper }: { readonly process: ServerProcess; readonly keeper: ProgramKeeper },
    ended: Promise<void>,
    reported: (take: (r: Report) => void) => void,
  ) {
    this.process = process
    this.#keeper = keeper
    this.ended = ended
    reported(report => this.#answer(report))
  }

  static async start(
    program: 'build/native/name-server-asan' | 'dist/native/name-server',
  ): Promise<NameServerScene> {
    const ended = Promise.withResolvers<void>()
    let take = (_: Report) => {}
    const keeper = new ProgramKeeper(join(projectRoot, program))
    const process = await startServerProcess({
      ...{ keeper, program: join(projectRoot, program), runDir: '/run/shop' },
      clock: systemClock,
      onReport: report => take(report),
      onEnd: ended.resolve,
    })
    return new NameServerScene({ process, keeper }, ended.promise, answer => {
      take = answer
    })
  }

  get pid(): number {
    return this.#keeper.pid
  }

  /** Adds a container that asks on ports of 127.0.0.1. */
  client(changes: Partial<ClientView> = {}): AskedPorts & { readonly client: number } {
    const [udp, tcp] = [boundSocket('udp'), boundSocket('tcp')]
    const client = ++this.#lastClient
    const view: ClientView = {
      ...{ client, forwards: true, networks: [1], links: new Map(), upstreams: undefined },
      ...changes,
    }
    this.process.send([{ kind: 'client', ...view }], [udp.fd, tcp.fd])
    return { udp: udp.port, tcp: tcp.port, client }
  }

  #answer(report: Report): void {
    this.reports.push(report)
    if (report.kind === 'sockets') {
      const { client, family, type } = report
      this.process.send([{ kind: 'sockets', client, family, type }], this.onSockets())
    } else if (this.onSync !== undefined)
      this.process.send([...this.onSync(), { kind: 'synced', serial: report.serial }])
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.process.end()
  }
}

/** A name as orders have it. */
export function folded(name: string): WireName {
  return foldCase(wireName(name) ?? '')
}

/** The order for a name on network 1. */
export function named(name: string, ...ipv4: readonly string[]): Order {
  const addresses = ipv4.map(address => Uint8Array.from(address.split('.').map(Number)))
  return { kind: 'name', network: 1, name: folded(name), ipv4: addresses, ipv6: [] }
}

/** What is told first in these tests: network 1 and the host's upstreams. */
export function beginning(...upstreams: readonly Upstream[]): readonly Order[] {
  return [
    { kind: 'network', network: 1, suffix: folded('shop_default') },
    { kind: 'upstreams', upstreams },
  ]
}

/** Sends over UDP, and resolves with the reply. */
export async function askUdp(port: number, packet: Buffer): Promise<Buffer> {
  const socket = createSocket('udp4')
  try {
    return await askBy(socket, port, packet)
  } finally {
    socket.close()
  }
}

/** The same, by a socket that stays. */
export async function askBy(socket: UdpSocket, port: number, packet: Buffer): Promise<Buffer> {
  const reply = once(socket, 'message')
  socket.send(packet, port, '127.0.0.1')
  return (await reply)[0]
}

/** Sends all over one TCP connection, and resolves with the replies as they come; fewer if the server closes it. */
export async function askTcp(port: number, ...packets: readonly Buffer[]): Promise<readonly Buffer[]> {
  const socket = connect(port, '127.0.0.1')
  const frames = new FrameReader()
  const replies: Buffer[] = []
  socket.on('error', () => {})
  socket.write(Buffer.concat(packets.map(frame)))
  for await (const chunk of socket) {
    replies.push(...frames.push(chunk))
    if (replies.length >= packets.length) break
  }
  return replies
}

/** What a reply says. */
export function told(
  reply: Buffer,
): DecodedPacket & { readonly code: number; readonly data: readonly unknown[] } {
  const packet = decode(reply)
  const data = (packet.answers ?? []).map(answer => ('data' in answer ? answer.data : undefined))
  return { ...packet, code: reply.readUInt16BE(2) & 0xf, data }
}
