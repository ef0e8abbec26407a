import type { CdiDeviceSpec, CdiSpec } from './cdi-spec.ts'

/** A specification, and where it is from. */
export interface CdiSource {
  /** What errors call it: a file, or who has made it. */
  readonly name: string
  /** Of two specifications with the same device that of the higher rank counts. */
  readonly rank: number
  readonly spec: CdiSpec
}

/** A device of a specification. */
export interface CdiChoice {
  readonly source: CdiSource
  readonly device: CdiDeviceSpec
  /** Specifications of equal rank that have the device too. */
  readonly rivals: readonly CdiSource[]
}

/** Returns the devices of `sources` by their whole names, e.g. `vendor.com/class=name`, sorted. */
export function indexCdiDevices(sources: readonly CdiSource[]): ReadonlyMap<string, CdiChoice> {
  const choices = new Map<string, CdiChoice>()
  for (const source of sources) {
    for (const device of source.spec.devices) {
      const name = `${source.spec.kind}=${device.name}`
      choices.set(name, chosen({ source, device, rivals: [] }, choices.get(name)))
    }
  }
  return new Map([...choices].sort(([a], [b]) => (a < b ? -1 : 1)))
}

function chosen(next: CdiChoice, known: CdiChoice | undefined): CdiChoice {
  if (known === undefined || next.source.rank > known.source.rank) return next
  if (next.source.rank < known.source.rank) return known
  return { ...known, rivals: [...known.rivals, next.source] }
}
