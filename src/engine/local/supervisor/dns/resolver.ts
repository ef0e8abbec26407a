import type { LiveRecord } from '../../state/live-record.ts'
import { answerQuery } from './answer-query.ts'
import type { ForwardSource } from './forward-attempt.ts'
import type { Forwarder } from './forwarder.ts'
import { type LinkedNames, linkedNames, withLinkedNames } from './linked-names.ts'
import type { NameIndex } from './name-index.ts'
import { RecordTurns } from './record-turns.ts'
import type { Upstream } from './upstreams.ts'
import { failureReply } from './write-reply.ts'

/** What all containers' resolvers share. */
export interface ResolverContext {
  readonly names: NameIndex
  readonly forwarder: Forwarder
  readonly hostUpstreams: () => readonly Upstream[]
  /** Looks for what was started or removed and not announced yet: called before a query is answered with no address or leaves the machine. */
  readonly refreshNames: () => void
}

/** What one container sees. */
export interface ResolverView {
  /** Names of its networks, in the order in which they count. */
  readonly networks: readonly string[]
  /** Names that it alone has for others. @default none */
  readonly linked?: LinkedNames
  /** Undefined: the host's. */
  readonly upstreams: readonly Upstream[] | undefined
  /** Where upstreams of its own are asked from: the file of its network namespace. @default the host */
  readonly netns?: string | undefined
  /** False: what is not a name of the project fails. */
  readonly forward: boolean
}

/** How many queries of one container may be under way, so that it does not keep others from asking. */
const MOST_OPEN_QUERIES = 256

/** Answers the queries of one container. */
export class Resolver {
  readonly #context: ResolverContext
  #view: ResolverView
  readonly #turns = new RecordTurns()
  #open = 0

  constructor(context: ResolverContext, view: ResolverView) {
    this.#context = context
    this.#view = view
  }

  /** Has later queries answered by what the container sees from now on. */
  see(view: ResolverView): void {
    this.#view = view
  }

  /** Returns the reply, at once for a name of the project; undefined for what is not a query. `packet` may be reused. */
  resolve(packet: Buffer, transport: 'udp' | 'tcp'): Buffer | Promise<Buffer> | undefined {
    let answer = this.#answer(packet, transport)
    if (answer.kind === 'forward' || answer.kind === 'absent') {
      this.#context.refreshNames()
      answer = this.#answer(packet, transport)
    }
    if (answer.kind === 'forward') return this.#forward(Buffer.from(packet), transport)
    return answer.kind === 'ignore' ? undefined : answer.packet
  }

  #answer(packet: Buffer, transport: 'udp' | 'tcp') {
    const { networks, linked } = this.#view
    const view = withLinkedNames(this.#context.names.view(networks), linked)
    return answerQuery(packet, { view, transport, turns: this.#turns })
  }

  #forward(packet: Buffer, transport: 'udp' | 'tcp'): Buffer | Promise<Buffer> {
    const { upstreams, from } = this.#ways()
    if (upstreams.length === 0) return failureReply(packet, 'SERVFAIL')
    if (this.#open >= MOST_OPEN_QUERIES) return failureReply(packet, 'REFUSED')
    return this.#ask({ packet, upstreams, transport, from })
  }

  #ways(): { readonly upstreams: readonly Upstream[]; readonly from: ForwardSource } {
    const { forward, upstreams, netns } = this.#view
    if (!forward) return { upstreams: [], from: 'host' }
    if (upstreams === undefined) return { upstreams: this.#context.hostUpstreams(), from: 'host' }
    return { upstreams, from: netns === undefined ? 'host' : { netns } }
  }

  async #ask(request: Parameters<Forwarder['forward']>[0]): Promise<Buffer> {
    this.#open++
    const outcome = await this.#context.forwarder.forward(request)
    this.#open--
    if (outcome.kind === 'answered') return outcome.packet
    return failureReply(request.packet, outcome.kind === 'refused' ? 'REFUSED' : 'SERVFAIL')
  }
}

/** Returns what the container of `live` sees. */
export function resolverViewOf(live: LiveRecord, upstreamAt: (address: string) => Upstream): ResolverView {
  const { upstreams: own = [], links } = live.dns ?? {}
  const networks = live.endpoints.map(endpoint => endpoint.networkName)
  return {
    networks,
    ...(links && { linked: linkedNames(links, networks) }),
    upstreams: own.length === 0 ? undefined : own.map(upstreamAt),
    netns: live.netns,
    forward: live.dns?.forward ?? true,
  }
}
