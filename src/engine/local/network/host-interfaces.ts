import type { LiveRecord } from '../state/live-record.ts'

/** Returns the host's ends of a container's interfaces, those included that may be there or not. */
export function hostInterfacesOf(
  live: Pick<LiveRecord, 'endpoints' | 'unsettled'> | undefined,
): readonly string[] {
  return [...(live?.endpoints ?? []), ...(live?.unsettled ?? [])]
    .map(({ hostInterface }) => hostInterface)
    .filter(name => name !== '')
}
