import type { RemoteFiles } from '../parser/load-request.ts'

/** Gets Compose files from other machines. */
export interface RemotePort {
  /** Returns what there is at `address`; what cannot be had is no error but an answer. */
  fetch(address: string, options: RemoteOptions): Promise<Exclude<RemoteFiles, { kind: 'awaited' }>>
  /** Returns where a file is that diagnostics name; undefined if it came from no other machine. */
  placeOf(name: string): string | undefined
}

/** How to ask. */
export interface RemoteOptions {
  /** Hosts that may have no TLS. */
  readonly insecure: readonly string[]
}
