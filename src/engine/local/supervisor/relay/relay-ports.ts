import { closeSync } from 'node:fs'
import type { LiveRelay } from '../../state/live-record.ts'
import type { Clock } from '../clock.ts'
import type { KeeperPort } from '../keeper-port.ts'
import { relayTcp } from './relay-tcp.ts'
import { relayUdp } from './relay-udp.ts'

export interface RelayPortsOptions {
  readonly keeper: Pick<KeeperPort, 'lend'>
  readonly clock: Clock
  readonly relays: readonly LiveRelay[]
  readonly onError: (error: unknown) => void
}

/** Passes on what comes to held sockets of published ports, until disposed; the keeper continues to hold them. */
export async function relayPorts({
  keeper,
  clock,
  relays,
  onError,
}: RelayPortsOptions): Promise<AsyncDisposable> {
  await using started = new AsyncDisposableStack()
  for (const relay of relays) {
    const fd = await borrow(keeper, relay.socket)
    const target = { fd, address: relay.address, port: relay.port, onError }
    const { hostIp } = relay
    started.use(
      relay.protocol === 'tcp' ? await relayTcp(target) : await relayUdp({ ...target, hostIp, clock }),
    )
  }
  return started.move()
}

/** What is lent goes by a prefix of names. */
async function borrow(keeper: Pick<KeeperPort, 'lend'>, socket: string): Promise<number> {
  const lent = await keeper.lend(socket)
  for (const { name, fd } of lent) if (name !== socket) closeSync(fd)
  const found = lent.find(({ name }) => name === socket)
  if (found !== undefined) return found.fd
  throw new Error(`Cannot relay connections to "${socket}": the keeper holds no such socket`)
}
