import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync } from 'node:fs'
import { ipBytes, parseIpAddress } from '../../../../base/ip-address.ts'
import { sendDescriptors, unixSocketPair } from '../../../../linux/unix-socket.ts'
import type { LiveRelay } from '../../state/live-record.ts'
import type { Clock } from '../clock.ts'

/** A running native/relay. */
export interface RelayProcess {
  readonly pid: number
  /** Has it pass on what comes to `fd`, which the caller keeps. */
  add(id: number, relay: LiveRelay, fd: number): Promise<void>
  remove(id: number): Promise<void>
  /** Ends it, and so all that it passes on. */
  end(): void
}

export interface RelayProgram {
  /** Path of the program. */
  readonly program: string
  /** Tells whoever looks at processes whose it is. */
  readonly runDir: string
  readonly clock: Clock
  /** Called once when it has ended and was not told to. */
  readonly onEnd: () => void
}

/**
 * Starts the program that relays ports. It ends with the process that started it: then nothing is at the other end of its
 * standard input.
 *
 * @throws {Error} If it cannot be started.
 */
export async function startRelayProcess({
  program,
  runDir,
  clock,
  onEnd,
}: RelayProgram): Promise<RelayProcess> {
  const [own, its] = unixSocketPair()
  const child = spawn(program, [runDir], { cwd: '/', env: {}, stdio: [its, 'ignore', 'inherit'] })
  closeSync(its)
  try {
    await once(child, 'spawn')
  } catch (error) {
    closeSync(own)
    throw error
  }
  child.unref()
  let isOpen = true
  const close = () => {
    if (isOpen) closeSync(own)
    isOpen = false
  }
  child.once('exit', () => {
    if (isOpen) onEnd()
    close()
  })
  const send = async (order: Buffer, fds: readonly number[]) => {
    while (isOpen && sendDescriptors(own, order, fds) === 0) await pause(clock)
  }
  return {
    pid: child.pid ?? 0,
    add: (id, relay, fd) => send(addOrder(id, relay), [fd]),
    remove: id => send(removeOrder(id), []),
    end: close,
  }
}

/** The program takes orders as they come; the kernel keeps some hundred for it. */
const RETRY_MS = 10

function pause(clock: Clock): Promise<void> {
  return new Promise(resolve => {
    clock.after(RETRY_MS, resolve)
  })
}

/** See native/relay/order.h. */
const ADD = 1
const REMOVE = 2
const SOCKET_TYPES = { tcp: 1, udp: 2 }

function addOrder(id: number, { protocol, address, port }: LiveRelay): Buffer {
  const target = parseIpAddress(address)
  if (target === undefined) throw new Error(`Cannot relay to "${address}": it is no address`)
  const bytes = ipBytes(target)
  const order = Buffer.alloc(18 + bytes.length)
  order.writeUInt32LE(ADD, 0)
  order.writeUInt32LE(id, 4)
  order.writeUInt32LE(SOCKET_TYPES[protocol], 8)
  order.writeUInt16LE(port, 12)
  order.writeUInt32LE(bytes.length, 14)
  order.set(bytes, 18)
  return order
}

function removeOrder(id: number): Buffer {
  const order = Buffer.alloc(8)
  order.writeUInt32LE(REMOVE, 0)
  order.writeUInt32LE(id, 4)
  return order
}
