import { parseLink } from '../../model/link.ts'
import type { Service } from '../../model/service.ts'
import type { MapNode } from '../document/node.ts'
import { listAtKey } from './read-values.ts'

/**
 * Reads the names that the containers of a service have for others: those of `external_links` come before those of `links`,
 * and later ones before earlier ones. An alias that is the name itself adds none.
 */
export function readLinks(service: MapNode): Pick<Service, 'links'> {
  const written = [...(listAtKey(service, 'links') ?? []), ...(listAtKey(service, 'external_links') ?? [])]
  const links = new Map(
    written.flatMap(text => {
      const link = parseLink(text)
      return link === undefined || link.alias === link.target ? [] : [[link.alias, link.target] as const]
    }),
  )
  return links.size === 0 ? {} : { links }
}
