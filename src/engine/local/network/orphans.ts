import { join } from 'node:path'
import { assertNever } from '../../../base/assert-never.ts'
import { namesIn } from '../../../disk/names-in.ts'
import { openNetlink } from '../../../linux/netlink/netlink-socket.ts'
import { listTables } from '../../../linux/nftables/ruleset.ts'
import { deleteLink, type Link, listLinks } from '../../../linux/rtnetlink/link.ts'
import { namespaceOf } from '../state/lent-file.ts'
import { removeFirewall } from './firewall.ts'
import { listAdmitted, withdrawBridges } from './forward-filters.ts'
import { releaseForwarding } from './forwarding.ts'
import { parseOwner, TABLE_FAMILY, tablePrefix } from './kernel-name.ts'
import { removeContainerNetns } from './lent-interfaces.ts'

/** A kernel object of one engine, found by its own name. */
export type NetworkObject =
  | { readonly kind: 'bridge'; readonly project: string; readonly name: string }
  /** The host's end of a veth pair. */
  | {
      readonly kind: 'interface'
      readonly project: string
      readonly name: string
      /** Short id of the container that it leads to. */
      readonly container: string
    }
  | { readonly kind: 'firewall'; readonly project: string }
  /** Rules in the filter table of iptables. */
  | { readonly kind: 'admission'; readonly project: string }
  | { readonly kind: 'netns'; readonly project: string; readonly path: string }

/** Which engine's objects are looked for. */
export interface NetworkObjectSearch {
  readonly tag: string
  /** The engine's run folder, below which its namespace files lie. */
  readonly run: string
}

/** Returns all network objects of an engine in the thread's network namespace, used or not, by project. */
export function listNetworkObjects(
  search: NetworkObjectSearch,
): ReadonlyMap<string, readonly NetworkObject[]> {
  const objects = [...listInterfaces(search), ...listFirewallObjects(search), ...listNetnsFiles(search)]
  return new Map(
    [...Map.groupBy(objects, ({ project }) => project)].toSorted(([one], [other]) => (one < other ? -1 : 1)),
  )
}

/** Removes one object of the engine with `tag`; it may be gone already. */
export function removeNetworkObject(tag: string, object: NetworkObject): void {
  switch (object.kind) {
    case 'bridge':
      removeInterface(object.name)
      releaseForwarding({ tag, project: object.project })
      break
    case 'interface':
      removeInterface(object.name)
      break
    case 'firewall':
      removeFirewall({ tag, project: object.project })
      releaseForwarding({ tag, project: object.project })
      break
    case 'admission':
      withdrawBridges({ tag, project: object.project })
      break
    case 'netns':
      removeContainerNetns(object.path)
      break
    default:
      assertNever(object)
  }
}

function removeInterface(name: string): void {
  using socket = openNetlink('route')
  socket.send([deleteLink(name)])
}

function listInterfaces({ tag }: NetworkObjectSearch): readonly NetworkObject[] {
  using socket = openNetlink('route')
  return listLinks(socket).flatMap(link => parseInterface(tag, link))
}

function parseInterface(tag: string, { name, alias, kind }: Link): readonly NetworkObject[] {
  const owner = parseOwner(alias)
  if (owner?.tag !== tag) return []
  const { project, object } = owner
  return [
    kind === 'bridge' ? { kind, project, name } : { kind: 'interface', project, name, container: object },
  ]
}

function listFirewallObjects({ tag }: NetworkObjectSearch): readonly NetworkObject[] {
  using socket = openNetlink('netfilter')
  const prefix = tablePrefix(tag)
  const tables = listTables(socket)
    .filter(({ family, name }) => family === TABLE_FAMILY && name.startsWith(prefix))
    .map(({ name }) => ({ kind: 'firewall', project: name.slice(prefix.length) }) as const)
  const admissions = listAdmitted()
    .filter(owner => owner.tag === tag)
    .map(({ project }) => ({ kind: 'admission', project }) as const)
  return [...tables, ...admissions]
}

function listNetnsFiles({ run }: NetworkObjectSearch): readonly NetworkObject[] {
  const projects = join(run, 'projects')
  return namesIn(projects)
    .toSorted()
    .flatMap(project => {
      const folder = join(projects, project, 'netns')
      return namesIn(folder)
        .filter(name => namespaceOf(name) === undefined)
        .toSorted()
        .map(name => ({ kind: 'netns', project, path: join(folder, name) }) as const)
    })
}
