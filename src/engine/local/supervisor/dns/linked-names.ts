import { foldCase, type WireName, wireName } from './wire-name.ts'

/** What a container calls others, with folded case, and the names that these have. */
export type LinkedNames = ReadonlyMap<WireName, WireName>

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
