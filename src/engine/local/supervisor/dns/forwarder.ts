import type { ForwardSource } from './forward-attempt.ts'
import { forwardOverTcp } from './forward-over-tcp.ts'
import { forwardOverUdp } from './forward-over-udp.ts'
import type { Upstream } from './upstreams.ts'

/** What became of a forwarded query. */
export type ForwardOutcome =
  | { readonly kind: 'answered'; readonly packet: Buffer }
  /** No upstream, or none that answered in time. */
  | { readonly kind: 'failed' }
  /** Too many queries are under way. */
  | { readonly kind: 'refused' }

export interface ForwardRequest {
  readonly packet: Buffer
  readonly upstreams: readonly Upstream[]
  readonly transport: 'udp' | 'tcp'
  /** @default the host */
  readonly from?: ForwardSource
}

/** @param limits `totalMs` is the time that one query may take over all its attempts. */
export interface ForwardLimits {
  readonly inFlight: number
  readonly totalMs: number
}

/** A client of glibc waits five seconds and then asks again, so the last failure is reported before that. */
export const FORWARD_LIMITS: ForwardLimits = { inFlight: 1024, totalMs: 4500 }

/**
 * Hands queries to upstream resolvers, one after the other until one has an answer, by the transport that the client
 * used: a reply that is too long for UDP goes back marked as truncated, and the client asks again over TCP.
 */
export class Forwarder {
  readonly #limits: ForwardLimits
  #inFlight = 0

  constructor(limits: ForwardLimits = FORWARD_LIMITS) {
    this.#limits = limits
  }

  /** Never rejects. */
  async forward(request: ForwardRequest): Promise<ForwardOutcome> {
    if (request.upstreams.length === 0) return { kind: 'failed' }
    if (this.#inFlight >= this.#limits.inFlight) return { kind: 'refused' }
    this.#inFlight++
    try {
      return await this.#tryInTurn(request)
    } catch {
      // No socket could be had, as when descriptors run out.
      return { kind: 'failed' }
    } finally {
      this.#inFlight--
    }
  }

  async #tryInTurn({ packet, upstreams, transport, from = 'host' }: ForwardRequest): Promise<ForwardOutcome> {
    // A single resolver is asked twice: UDP loses packets.
    const attempts = upstreams.length === 1 ? [...upstreams, ...upstreams] : upstreams
    const timeoutMs = Math.floor(this.#limits.totalMs / attempts.length)
    const ask = transport === 'udp' ? forwardOverUdp : forwardOverTcp
    let last: Buffer | undefined
    for (const upstream of attempts) {
      const reply = await ask({ packet, upstream, from, timeoutMs })
      if (reply !== undefined && !isServerTrouble(reply)) return { kind: 'answered', packet: reply }
      last = reply ?? last
    }
    return last === undefined ? { kind: 'failed' } : { kind: 'answered', packet: last }
  }
}

/** SERVFAIL and REFUSED describe the server, not the name: another may resolve it. */
function isServerTrouble(reply: Buffer): boolean {
  const code = reply.readUInt16BE(2) & 0x000f
  return code === 2 || code === 5
}
