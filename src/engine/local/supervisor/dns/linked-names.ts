import type { KnownName, NameView } from './name-index.ts'
import { foldCase, type WireName, wireName } from './wire-name.ts'

/** What a container calls others, with folded case, and the names that these have. */
export type LinkedNames = ReadonlyMap<WireName, WireName>

/** What is asked of what a container knows. */
export type NameLookup = Pick<NameView, 'get'>

/**
 * Returns the names that `links` give a container on `networks`: each alias, and each with a dot and the network's name. Those
 * that cannot be sent are left out.
 */
export function linkedNames(links: ReadonlyMap<string, string>, networks: readonly string[]): LinkedNames {
  const suffixes = ['', ...networks.map(network => `.${network}`)]
  return new Map(
    [...links].flatMap(([alias, target]) =>
      suffixes.flatMap(suffix => {
        const [name, meant] = [wireName(alias + suffix), wireName(target + suffix)]
        return name === undefined || meant === undefined ? [] : [[foldCase(name), foldCase(meant)] as const]
      }),
    ),
  )
}

/** Returns what a container knows that calls others by `linked`: such a name hides every other that is alike. */
export function withLinkedNames(view: NameView, linked: LinkedNames | undefined): NameLookup {
  if (linked === undefined) return view
  return {
    get: name => {
      const meant = linked.get(name)
      return meant === undefined ? view.get(name) : (view.get(meant) ?? ABSENT)
    },
  }
}

const ABSENT: KnownName = { kind: 'absent' }
