import { constants } from 'node:os'
import {
  attribute,
  be32Attribute,
  nested,
  parseAttributeList,
  parseAttributes,
  textAttribute,
  textOf,
} from '../netlink/attribute.ts'
import { type NetlinkRequest, NLM_F_APPEND, NLM_F_CREATE, NLM_F_DUMP } from '../netlink/message.ts'
import type { NetlinkSocket } from '../netlink/netlink-socket.ts'
import type { Expression } from './expression.ts'

const NFNL_SUBSYS_NFTABLES = 10
const NFNL_MSG_BATCH_BEGIN = 0x10
const NFNL_MSG_BATCH_END = 0x11
const NFT_MSG_NEWTABLE = 0
const NFT_MSG_GETTABLE = 1
const NFT_MSG_DELTABLE = 2
const NFT_MSG_NEWCHAIN = 3
const NFT_MSG_DELCHAIN = 5
const NFT_MSG_GETCHAIN = 4
const NFT_MSG_NEWRULE = 6
const NFT_MSG_GETRULE = 7
const NFT_MSG_DELRULE = 8
const NFTA_TABLE_NAME = 1
const NFTA_TABLE_FLAGS = 2
const NFT_TABLE_F_DORMANT = 1
const NFT_TABLE_F_OWNER = 2
const NFTA_CHAIN_TABLE = 1
const NFTA_CHAIN_NAME = 3
const NFTA_CHAIN_HOOK = 4
const NFTA_CHAIN_POLICY = 5
const NFTA_CHAIN_TYPE = 7
const NFTA_HOOK_HOOKNUM = 1
const NFTA_HOOK_PRIORITY = 2
const NFTA_RULE_TABLE = 1
const NFTA_RULE_CHAIN = 2
const NFTA_RULE_HANDLE = 3
const NFTA_RULE_EXPRESSIONS = 4
const NFTA_RULE_POSITION = 6
const NFTA_RULE_USERDATA = 7
const NFTA_EXPR_NAME = 1
const NFTA_EXPR_DATA = 2
const NFTA_TARGET_NAME = 1
const NFTA_IMMEDIATE_DATA = 2
const NFTA_DATA_VERDICT = 2
const NFTA_VERDICT_CODE = 1
const NFTA_VERDICT_CHAIN = 2
const NFT_JUMP = -3
const NFT_GOTO = -4
const VERDICTS: ReadonlyMap<number, string> = new Map([
  [0, 'drop'],
  [1, 'accept'],
  [-5, 'return'],
])
const UDATA_RULE_COMMENT = 0
/** A type that nft has no use for, and leaves out where it prints a rule. */
const UDATA_RULE_STAMP = 0x54
const COMMENT_MAX_BYTES = 127
/** NFPROTO_*: the family of a table. 0 stands for every family in a list. */
const FAMILIES = { inet: 1, ip: 2, ip6: 10 } as const
const EVERY_FAMILY = 0
const HEADER_BYTES = 4
const HOOKS = { prerouting: 0, input: 1, forward: 2, output: 3, postrouting: 4 } as const
const POLICIES = { drop: 0, accept: 1 } as const

/** What a chain does with packets that no rule decides. */
export type Policy = keyof typeof POLICIES

/** Which packets a table sees: those of IPv4 (`ip`), of IPv6 (`ip6`), or both (`inet`). */
export type TableFamily = keyof typeof FAMILIES

/** A table: two of different families may have one name. */
export interface Table {
  readonly family: TableFamily
  readonly name: string
}

/** A chain that packets enter at a hook. */
export interface BaseChain {
  readonly table: Table
  readonly name: string
  readonly type: 'filter' | 'nat'
  readonly hook: keyof typeof HOOKS
  /** The lower, the earlier. */
  readonly priority: number
  readonly policy: Policy
}

/** A rule of a chain. */
export interface Rule {
  readonly table: Table
  readonly chain: string
  readonly expressions: readonly Expression[]
  /** Shown by `nft list ruleset`; at most 126 bytes. */
  readonly comment?: string
  /** Kept with the rule and not shown; at most 16 bytes. */
  readonly stamp?: Buffer
}

/** A rule as the kernel knows it. */
export interface InstalledRule {
  /** Unique in its table. */
  readonly handle: bigint
  readonly chain: string
  readonly comment: string | undefined
  /** Lower-case hex. */
  readonly stamp: string | undefined
  /** See `actionsOf`. */
  readonly actions: readonly string[]
}

/** Carries out `requests` in one transaction: all or none. */
export function commit(socket: NetlinkSocket, requests: readonly NetlinkRequest[]): void {
  socket.send(batch(requests))
}

/** Returns `requests` as a batch, of which all or none takes effect. */
export function batch(requests: readonly NetlinkRequest[]): readonly NetlinkRequest[] {
  return [framing(NFNL_MSG_BATCH_BEGIN), ...requests, framing(NFNL_MSG_BATCH_END)]
}

/** Asks for a table, which may exist. */
export function newTable(table: Table): NetlinkRequest {
  return request(NFT_MSG_NEWTABLE, `create table ${table.name}`, {
    family: FAMILIES[table.family],
    flags: NLM_F_CREATE,
    attributes: [textAttribute(NFTA_TABLE_NAME, table.name)],
  })
}

/** Asks to delete a table and all it holds; fails with ENOENT if there is none. */
export function deleteTable(table: Table): NetlinkRequest {
  return request(NFT_MSG_DELTABLE, `delete table ${table.name}`, {
    family: FAMILIES[table.family],
    flags: 0,
    attributes: [textAttribute(NFTA_TABLE_NAME, table.name)],
  })
}

/** Asks for a chain, which may exist at the same hook. */
export function newBaseChain({ table, name, type, hook, priority, policy }: BaseChain): NetlinkRequest {
  return request(NFT_MSG_NEWCHAIN, `create chain ${name} of table ${table.name}`, {
    family: FAMILIES[table.family],
    flags: NLM_F_CREATE,
    attributes: [
      textAttribute(NFTA_CHAIN_TABLE, table.name),
      textAttribute(NFTA_CHAIN_NAME, name),
      nested(
        NFTA_CHAIN_HOOK,
        be32Attribute(NFTA_HOOK_HOOKNUM, HOOKS[hook]),
        be32Attribute(NFTA_HOOK_PRIORITY, priority),
      ),
      be32Attribute(NFTA_CHAIN_POLICY, POLICIES[policy]),
      textAttribute(NFTA_CHAIN_TYPE, type),
    ],
  })
}

/** Asks for a chain without a hook, which may exist. */
export function newChain(table: Table, name: string): NetlinkRequest {
  return request(NFT_MSG_NEWCHAIN, `create chain ${name} of table ${table.name}`, {
    family: FAMILIES[table.family],
    flags: NLM_F_CREATE,
    attributes: [textAttribute(NFTA_CHAIN_TABLE, table.name), textAttribute(NFTA_CHAIN_NAME, name)],
  })
}

/** Asks to delete a chain without rules; fails with ENOENT if it is not there. */
export function deleteChain(table: Table, name: string): NetlinkRequest {
  return request(NFT_MSG_DELCHAIN, `delete chain ${name} of table ${table.name}`, {
    family: FAMILIES[table.family],
    flags: 0,
    attributes: [textAttribute(NFTA_CHAIN_TABLE, table.name), textAttribute(NFTA_CHAIN_NAME, name)],
  })
}

/** Asks for a rule at the end of its chain. */
export function appendRule(rule: Rule): NetlinkRequest {
  return newRule(rule, NLM_F_CREATE | NLM_F_APPEND)
}

/** Asks for a rule right behind `behind`, or at the head of its chain. */
export function insertRule(rule: Rule, behind?: InstalledRule): NetlinkRequest {
  return behind === undefined
    ? newRule(rule, NLM_F_CREATE)
    : newRule(rule, NLM_F_CREATE | NLM_F_APPEND, behind.handle)
}

/** Asks to delete every rule of a table, and leaves its chains. */
export function flushRules(table: Table): NetlinkRequest {
  return request(NFT_MSG_DELRULE, `flush table ${table.name}`, {
    family: FAMILIES[table.family],
    flags: 0,
    attributes: [textAttribute(NFTA_RULE_TABLE, table.name)],
  })
}

/** Asks to delete one rule. */
export function deleteRule(table: Table, { chain, handle }: InstalledRule): NetlinkRequest {
  return request(NFT_MSG_DELRULE, `delete rule ${handle} of table ${table.name}`, {
    family: FAMILIES[table.family],
    flags: 0,
    attributes: [
      textAttribute(NFTA_RULE_TABLE, table.name),
      textAttribute(NFTA_RULE_CHAIN, chain),
      attribute(NFTA_RULE_HANDLE, be64(handle)),
    ],
  })
}

/** Returns all tables of the families that packets of IP pass. */
export function listTables(socket: NetlinkSocket): readonly Table[] {
  return socket
    .dump(
      request(NFT_MSG_GETTABLE, 'list tables', { family: EVERY_FAMILY, flags: NLM_F_DUMP, attributes: [] }),
    )
    .flatMap(payload => {
      const family = familyOf(payload)
      const name = textOf(parseAttributes(payload.subarray(HEADER_BYTES)).get(NFTA_TABLE_NAME)) ?? ''
      return family === undefined ? [] : [{ family, name }]
    })
}

/** What a table is at the moment. */
export interface FoundTable {
  /** Its chains see no packet. */
  readonly isDormant: boolean
  /** A running program has it for itself: nobody else may change it. */
  readonly isOwned: boolean
}

/** Returns a table, or undefined. */
export function findTable(socket: NetlinkSocket, table: Table): FoundTable | undefined {
  const payload = socket.get(
    request(NFT_MSG_GETTABLE, `find table ${table.name}`, {
      family: FAMILIES[table.family],
      flags: 0,
      attributes: [textAttribute(NFTA_TABLE_NAME, table.name)],
      tolerate: [constants.errno.ENOENT],
    }),
  )
  if (payload === undefined) return undefined
  const flags = parseAttributes(payload.subarray(HEADER_BYTES)).get(NFTA_TABLE_FLAGS)?.readUInt32BE() ?? 0
  return {
    isDormant: (flags & NFT_TABLE_F_DORMANT) !== 0,
    isOwned: (flags & NFT_TABLE_F_OWNER) !== 0,
  }
}

/** Returns the policy of a base chain; undefined if there is no such chain or it has none. */
export function findChainPolicy(socket: NetlinkSocket, table: Table, chain: string): Policy | undefined {
  const payload = socket.get(
    request(NFT_MSG_GETCHAIN, `find chain ${chain} of table ${table.name}`, {
      family: FAMILIES[table.family],
      flags: 0,
      attributes: [textAttribute(NFTA_CHAIN_TABLE, table.name), textAttribute(NFTA_CHAIN_NAME, chain)],
      tolerate: [constants.errno.ENOENT],
    }),
  )
  if (payload === undefined) return undefined
  const policy = parseAttributes(payload.subarray(HEADER_BYTES)).get(NFTA_CHAIN_POLICY)?.readUInt32BE()
  if (policy === undefined) return undefined
  return policy === POLICIES.drop ? 'drop' : 'accept'
}

/** A chain as the kernel knows it. */
export interface InstalledChain {
  readonly table: Table
  readonly name: string
  /** Undefined for a chain that only rules lead to. */
  readonly hook: string | undefined
  readonly type: string | undefined
  readonly policy: Policy | undefined
}

/** Returns the chains of all tables that packets of IP pass. */
export function listChains(socket: NetlinkSocket): readonly InstalledChain[] {
  return socket
    .dump(
      request(NFT_MSG_GETCHAIN, 'list chains', { family: EVERY_FAMILY, flags: NLM_F_DUMP, attributes: [] }),
    )
    .flatMap(parseChain)
}

/** Returns the names of a table's chains; none if there is no such table. */
export function listChainNames(socket: NetlinkSocket, table: Table): readonly string[] {
  return listChains(socket).flatMap(chain =>
    chain.table.name === table.name && chain.table.family === table.family ? [chain.name] : [],
  )
}

function parseChain(payload: Buffer): readonly InstalledChain[] {
  const family = familyOf(payload)
  if (family === undefined) return []
  const attributes = parseAttributes(payload.subarray(HEADER_BYTES))
  const number = parseAttributes(attributes.get(NFTA_CHAIN_HOOK) ?? Buffer.alloc(0))
    .get(NFTA_HOOK_HOOKNUM)
    ?.readUInt32BE()
  const policy = attributes.get(NFTA_CHAIN_POLICY)?.readUInt32BE()
  return [
    {
      table: { family, name: textOf(attributes.get(NFTA_CHAIN_TABLE)) ?? '' },
      name: textOf(attributes.get(NFTA_CHAIN_NAME)) ?? '',
      hook: Object.entries(HOOKS).find(([, value]) => value === number)?.[0],
      type: textOf(attributes.get(NFTA_CHAIN_TYPE)),
      policy: policy === undefined ? undefined : policy === POLICIES.drop ? 'drop' : 'accept',
    },
  ]
}

/**
 * Returns the rules of a table in their order, chain by chain, or those of one chain; none if there is no such table.
 */
export function listRules(socket: NetlinkSocket, table: Table, chain?: string): readonly InstalledRule[] {
  return socket
    .dump(
      request(NFT_MSG_GETRULE, `list rules of table ${table.name}`, {
        family: FAMILIES[table.family],
        flags: NLM_F_DUMP,
        attributes: [
          textAttribute(NFTA_RULE_TABLE, table.name),
          ...(chain === undefined ? [] : [textAttribute(NFTA_RULE_CHAIN, chain)]),
        ],
        tolerate: [constants.errno.ENOENT],
      }),
    )
    .filter(payload => familyOf(payload) === table.family)
    .map(payload => parseAttributes(payload.subarray(HEADER_BYTES)))
    .filter(attributes => textOf(attributes.get(NFTA_RULE_TABLE)) === table.name)
    .filter(attributes => chain === undefined || textOf(attributes.get(NFTA_RULE_CHAIN)) === chain)
    .map(attributes => ({
      handle: attributes.get(NFTA_RULE_HANDLE)?.readBigUInt64BE() ?? 0n,
      chain: textOf(attributes.get(NFTA_RULE_CHAIN)) ?? '',
      comment: textOf(findUserdata(attributes.get(NFTA_RULE_USERDATA), UDATA_RULE_COMMENT)),
      stamp: findUserdata(attributes.get(NFTA_RULE_USERDATA), UDATA_RULE_STAMP)?.toString('hex'),
      actions: actionsOf(attributes.get(NFTA_RULE_EXPRESSIONS)),
    }))
}

function newRule(
  { table, chain, expressions, comment, stamp }: Rule,
  flags: number,
  position?: bigint,
): NetlinkRequest {
  const userdata = [
    ...(comment === undefined ? [] : [encodeComment(comment)]),
    ...(stamp === undefined ? [] : [Buffer.of(UDATA_RULE_STAMP, stamp.length), stamp]),
  ]
  return request(NFT_MSG_NEWRULE, `add rule to chain ${chain} of table ${table.name}`, {
    family: FAMILIES[table.family],
    flags,
    attributes: [
      textAttribute(NFTA_RULE_TABLE, table.name),
      textAttribute(NFTA_RULE_CHAIN, chain),
      nested(NFTA_RULE_EXPRESSIONS, ...expressions),
      ...(position === undefined ? [] : [attribute(NFTA_RULE_POSITION, be64(position))]),
      ...(userdata.length === 0 ? [] : [attribute(NFTA_RULE_USERDATA, Buffer.concat(userdata))]),
    ],
  })
}

function be64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(value)
  return bytes
}

/** The form of libnftnl: type, length and text with its NUL. */
function encodeComment(comment: string): Buffer {
  const text = Buffer.from(`${comment}\0`)
  if (text.length > COMMENT_MAX_BYTES) throw new RangeError(`Cannot use comment "${comment}": it is too long`)
  return Buffer.concat([Buffer.of(UDATA_RULE_COMMENT, text.length), text])
}

/**
 * Names the expressions of a rule, in their order: those that decide by what they do, e.g. `drop`, `jump DOCKER-USER` or
 * `target REJECT`, the others by their own name, e.g. `cmp`.
 */
function actionsOf(expressions: Buffer | undefined): readonly string[] {
  return parseAttributeList(expressions ?? Buffer.alloc(0)).map(([, element]) => {
    const parts = parseAttributes(element)
    const name = textOf(parts.get(NFTA_EXPR_NAME)) ?? ''
    const data = parseAttributes(parts.get(NFTA_EXPR_DATA) ?? Buffer.alloc(0))
    if (name === 'target') return `target ${textOf(data.get(NFTA_TARGET_NAME)) ?? ''}`
    return name === 'immediate' ? verdictOf(data.get(NFTA_IMMEDIATE_DATA)) : name
  })
}

function verdictOf(data: Buffer | undefined): string {
  const value = parseAttributes(data ?? Buffer.alloc(0)).get(NFTA_DATA_VERDICT)
  if (value === undefined) return 'immediate'
  const verdict = parseAttributes(value)
  const code = verdict.get(NFTA_VERDICT_CODE)?.readInt32BE()
  const chain = textOf(verdict.get(NFTA_VERDICT_CHAIN)) ?? ''
  if (code === NFT_JUMP) return `jump ${chain}`
  if (code === NFT_GOTO) return `goto ${chain}`
  return VERDICTS.get(code ?? Number.NaN) ?? `verdict ${code}`
}

function findUserdata(userdata: Buffer | undefined, type: number): Buffer | undefined {
  for (
    let rest = userdata;
    rest !== undefined && rest.length >= 2;
    rest = rest.subarray(2 + rest.readUInt8(1))
  ) {
    if (rest.readUInt8(0) === type) return rest.subarray(2, 2 + rest.readUInt8(1))
  }
  return undefined
}

/** The first byte of struct nfgenmsg; undefined for a family that is none of IP. */
function familyOf(payload: Buffer): TableFamily | undefined {
  const number = payload.readUInt8(0)
  if (number === FAMILIES.inet) return 'inet'
  if (number === FAMILIES.ip) return 'ip'
  return number === FAMILIES.ip6 ? 'ip6' : undefined
}

interface RequestDetails {
  readonly family: number
  readonly flags: number
  readonly attributes: readonly Uint8Array[]
  readonly tolerate?: readonly number[]
}

function request(
  message: number,
  purpose: string,
  { family, flags, attributes, tolerate }: RequestDetails,
): NetlinkRequest {
  return {
    type: (NFNL_SUBSYS_NFTABLES << 8) | message,
    flags,
    purpose,
    payload: Buffer.concat([familyHeader(family, 0), ...attributes]),
    ...(tolerate === undefined ? {} : { tolerate }),
  }
}

function framing(type: number): NetlinkRequest {
  return {
    type,
    flags: 0,
    purpose: 'commit firewall rules',
    payload: familyHeader(0, NFNL_SUBSYS_NFTABLES),
    framing: true,
  }
}

/** struct nfgenmsg. */
function familyHeader(family: number, resource: number): Buffer {
  const header = Buffer.alloc(HEADER_BYTES)
  header.writeUInt8(family, 0)
  header.writeUInt16BE(resource, 2)
  return header
}
