import { closeSync } from 'node:fs'
import { constants } from 'node:os'
import { checked, lastErrno, libcFunction } from '../libc.ts'
import { parseAttributes, textOf } from '../netlink/attribute.ts'
import { type NetlinkReply, parseReplies } from '../netlink/message.ts'
import { type IgnoredTables, ignoreTables } from './table-filter.ts'

const socketCall = libcFunction('int socket(int domain, int type, int protocol)')
const bindCall = libcFunction('int bind(int fd, const uint8_t *address, unsigned int length)')
const recvCall = libcFunction('intptr_t recv(int fd, uint8_t *buffer, size_t length, int flags)')

const AF_NETLINK = 16
const SOCK_RAW = 3
const SOCK_CLOEXEC = 0o2000000
const NETLINK_NETFILTER = 12
const MSG_DONTWAIT = 0x40
const DATAGRAM_BYTES = 64 * 1024
/** The group NFNLGRP_NFTABLES as a bit of sockaddr_nl. */
const NFTABLES_GROUP = 1 << (7 - 1)
const NFNL_SUBSYS_NFTABLES = 10
const NFT_MSG_NEWGEN = 15
const NAME_OF_TABLE = 1
const HEADER_BYTES = 4

/** Watches the nf_tables of the network namespace that the thread was in when it was opened. */
export interface RulesetMonitor extends Disposable {
  /** The socket that the kernel's notices wait in. */
  readonly fd: number
  /**
   * Returns the names of the tables that changed since the last call; `unknown` if the kernel could not keep them all.
   */
  changedTables(): ReadonlySet<string> | 'unknown'
}

/**
 * Opens a monitor; `ignored` tables do not make its socket readable, but may be told of beside others.
 *
 * @throws {SystemCallError} If the kernel has no nf_tables or permission is missing.
 */
export function openRulesetMonitor(ignored?: IgnoredTables): RulesetMonitor {
  const fd = checked(
    socketCall(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER),
    'socket',
    'netlink netfilter',
  )
  if (ignored !== undefined) ignoreTables(fd, ignored)
  const address = netlinkAddress(NFTABLES_GROUP)
  checked(bindCall(fd, address, address.length), 'bind', 'group of nf_tables')
  return rulesetMonitorOn(fd)
}

/** A monitor on the socket of another one, with the notices that nobody has read; it owns `fd`. */
export function rulesetMonitorOn(fd: number): RulesetMonitor {
  const buffer = Buffer.alloc(DATAGRAM_BYTES)
  return {
    fd,
    changedTables: () => readChanges(fd, buffer),
    [Symbol.dispose]: () => closeSync(fd),
  }
}

function readChanges(fd: number, buffer: Buffer): ReadonlySet<string> | 'unknown' {
  const tables = new Set<string>()
  let isWhole = true
  for (;;) {
    const length = recvCall(fd, buffer, buffer.length, MSG_DONTWAIT)
    if (length >= 0) {
      for (const reply of parseReplies(buffer.subarray(0, length))) addTable(tables, reply)
    } else if (lastErrno() === constants.errno.ENOBUFS) isWhole = false
    else if (lastErrno() === constants.errno.EAGAIN) return isWhole ? tables : 'unknown'
    else checked(length, 'recv', 'changes of nf_tables')
  }
}

/** Tables, chains, rules and sets name their table in the attribute of one number; a generation is of no table. */
function addTable(tables: Set<string>, reply: NetlinkReply): void {
  if (reply.kind !== 'data' || reply.type >> 8 !== NFNL_SUBSYS_NFTABLES) return
  if ((reply.type & 0xff) === NFT_MSG_NEWGEN) return
  const name = textOf(parseAttributes(reply.payload.subarray(HEADER_BYTES)).get(NAME_OF_TABLE))
  if (name !== undefined) tables.add(name)
}

/** struct sockaddr_nl; the kernel chooses the port. */
function netlinkAddress(groups: number): Buffer {
  const address = Buffer.alloc(12)
  address.writeUInt16LE(AF_NETLINK, 0)
  address.writeUInt32LE(groups, 8)
  return address
}
