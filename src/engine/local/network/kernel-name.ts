import { sha256Hex } from '../../../base/sha256.ts'
import type { Table } from '../../../linux/nftables/ruleset.ts'
import { randomBytes } from '../../../linux/random-bytes.ts'
import type { Network } from '../../../model/network.ts'

/** Names in the kernel have 15 bytes: a prefix that tells whose they are, and 10 hex digits. */
const BRIDGE_PREFIX = 'tcb'
const VETH_PREFIX = 'tcv'

/** Matches the bridges of every engine of this kind. */
export const ANY_BRIDGE: string = `${BRIDGE_PREFIX}*`

/** A project's table sees both families of IP, so that it is all there is to remove. */
export const TABLE_FAMILY: Table['family'] = 'inet'

/** Whose a kernel object is. */
export interface Owner {
  /** `instanceTag` of the engine. */
  readonly tag: string
  readonly project: string
}

/** Returns the name of the bridge of a network: what the file says, or one that follows from the key. */
export function bridgeNameOf(owner: Owner, { key, options }: Pick<Network, 'key' | 'options'>): string {
  return options?.bridgeName ?? bridgeName(owner, key)
}

/** Returns the name that the bridge of network `key` has by default; always the same. */
export function bridgeName({ tag, project }: Owner, key: string): string {
  return BRIDGE_PREFIX + sha256Hex(`${tag}/${project}/${key}`).slice(0, 10)
}

/**
 * Returns a random name for the host's end of a veth pair. A namespace and its interfaces end some time after the
 * last user, so a name that was in use a moment ago may still be taken.
 */
export function randomVethName(): string {
  return VETH_PREFIX + randomBytes(5).toString('hex')
}

/** Returns a random interface group for a deletion; 0 is the group of all that have no other. */
export function randomGroup(): number {
  return 2 ** 30 + (randomBytes(4).readUInt32LE() >>> 2)
}

/** Returns the text that an interface carries, so that it can be traced to its owner. */
export function ownerAlias({ tag, project }: Owner, object: string): string {
  return `${ownerComment({ tag, project })}:${object}`
}

/** Returns `tcompose:<tag>:<project>`, the comment of rules in tables of others. */
export function ownerComment({ tag, project }: Owner): string {
  return `tcompose:${tag}:${project}`
}

/** Reads what `ownerAlias` and `ownerComment` wrote; undefined for anything else. `object` is empty for the latter. */
export function parseOwner(text: string | undefined): (Owner & { readonly object: string }) | undefined {
  const [name, tag, project, object = ''] = text?.split(':') ?? []
  return name === 'tcompose' && tag !== undefined && project !== undefined
    ? { tag, project, object }
    : undefined
}

/** Returns a project's nf_tables table. */
export function tableOf({ tag, project }: Owner): Table {
  return { family: TABLE_FAMILY, name: `${tablePrefix(tag)}${project}` }
}

/** Returns how the names of all tables of an engine start. */
export function tablePrefix(tag: string): string {
  return `tcompose_${tag}_`
}

/** Tells whether a table of this name is one of ours, of whichever engine and project. */
export function isOwnTable(name: string): boolean {
  return name.startsWith(OWN_TABLES)
}

/** How the names of tables start that are tcompose's. */
export const OWN_TABLES = 'tcompose'
