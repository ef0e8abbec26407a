import type { LiveRecord } from '../../state/live-record.ts'
import { answerQuery, failureReply } from './answer-query.ts'
import type { Forwarder } from './forwarder.ts'
import type { NameIndex } from './name-index.ts'
import type { Upstream } from './upstreams.ts'

/** What all containers' resolvers share. */
export interface ResolverContext {
  readonly names: NameIndex
  readonly forwarder: Forwarder
  readonly hostUpstreams: () => readonly Upstream[]
  /** Looks for containers that started but were not announced yet: called before a query leaves the machine. */
  readonly refreshNames: () => void
}

/** What one container sees. */
export interface ResolverView {
  /** Names of its networks, in the order of its endpoints. */
  readonly networks: readonly string[]
  /** Undefined: the host's. */
  readonly upstreams: readonly Upstream[] | undefined
  /** False: what is not a name of the project fails. */
  readonly forward: boolean
}

/** Answers the queries of one container. */
export class Resolver {
  readonly #context: ResolverContext
  readonly #view: ResolverView
  #rotation = 0

  constructor(context: ResolverContext, view: ResolverView) {
    this.#context = context
    this.#view = view
  }

  /** Gives the reply to `send`, at once for a name of the project; there is none for what is not a query. */
  resolve(packet: Buffer, transport: 'udp' | 'tcp', send: (reply: Buffer) => void): void {
    let answer = this.#answer(packet, transport)
    if (answer.kind === 'forward') {
      this.#context.refreshNames()
      answer = this.#answer(packet, transport)
    }
    if (answer.kind === 'reply') send(answer.packet)
    if (answer.kind === 'forward') void this.#forward(packet, transport).then(send)
  }

  #answer(packet: Buffer, transport: 'udp' | 'tcp') {
    const rotation = this.#rotation++
    return answerQuery(packet, {
      names: this.#context.names,
      networks: this.#view.networks,
      transport,
      rotation,
    })
  }

  async #forward(packet: Buffer, transport: 'udp' | 'tcp'): Promise<Buffer> {
    const upstreams = this.#view.forward ? (this.#view.upstreams ?? this.#context.hostUpstreams()) : []
    const outcome = await this.#context.forwarder.forward({ packet, upstreams, transport })
    if (outcome.kind === 'answered') return outcome.packet
    return failureReply(packet, outcome.kind === 'refused' ? 'REFUSED' : 'SERVFAIL')
  }
}

/** Returns what the container of `live` sees. */
export function resolverViewOf(live: LiveRecord, upstreamAt: (address: string) => Upstream): ResolverView {
  const own = live.dns?.upstreams ?? []
  return {
    networks: live.endpoints.map(endpoint => endpoint.networkName),
    upstreams: own.length === 0 ? undefined : own.map(upstreamAt),
    forward: live.dns?.forward ?? true,
  }
}
