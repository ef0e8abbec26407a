import type { LiveRelay } from '../../state/live-record.ts'
import type { PortRelays } from './port-relays.ts'

/** What is relayed of one container. */
export class RelayedPorts implements Disposable {
  readonly #relays: Pick<PortRelays, 'add'>
  readonly #onError: (error: unknown) => void
  #begun: ReadonlyMap<string, Promise<Disposable>> = new Map()

  constructor(relays: Pick<PortRelays, 'add'>, onError: (error: unknown) => void) {
    this.#relays = relays
    this.#onError = onError
  }

  /** Relays `wanted` and nothing else: what stays the same keeps its connections. */
  set(wanted: readonly LiveRelay[] = []): void {
    const next = new Map(wanted.map(relay => [keyOf(relay), relay]))
    const kept = [...this.#begun].filter(([key]) => next.has(key))
    for (const [key, begun] of this.#begun) if (!next.has(key)) end(begun)
    const known = new Set(kept.map(([key]) => key))
    const added = [...next]
      .filter(([key]) => !known.has(key))
      .map(([key, relay]) => [key, this.#begin(relay)] as const)
    this.#begun = new Map([...kept, ...added])
  }

  [Symbol.dispose](): void {
    this.set([])
  }

  #begin(relay: LiveRelay): Promise<Disposable> {
    const begun = this.#relays.add(relay)
    begun.catch(this.#onError)
    return begun
  }
}

function keyOf({ socket, protocol, address, port }: LiveRelay): string {
  return `${socket} ${protocol} ${address} ${port}`
}

function end(begun: Promise<Disposable>): void {
  begun.then(
    started => started[Symbol.dispose](),
    () => {},
  )
}
