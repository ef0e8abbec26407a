import type { NetworkRecord } from './network-record.ts'

/** Returns the names of the bridges of networks that have one. */
export function bridgesOf({ networks }: { readonly networks: readonly NetworkRecord[] }): readonly string[] {
  return networks.flatMap(({ bridge }) => bridge ?? [])
}
