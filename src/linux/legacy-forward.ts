import { closeSync, readFileSync } from 'node:fs'
import { libcFunction } from './libc.ts'

const socket = libcFunction('int socket(int domain, int type, int protocol)')
const getsockopt = libcFunction('int getsockopt(int fd, int level, int name, void *value, void *length)')

const AF_INET = 2
const SOCK_RAW_CLOEXEC = 3 | 0o2000000
const IPPROTO_RAW = 255
const SOL_IP = 0
/** linux/netfilter_ipv4/ip_tables.h, IPT_BASE_CTL and the next. */
const IPT_SO_GET_INFO = 64
const IPT_SO_GET_ENTRIES = 65
const NAME_BYTES = 32
/** struct ipt_getinfo. */
const INFO_BYTES = 84
const HOOK_FORWARD = 2
/** struct ipt_get_entries before its entries, on machines of 64 bits. */
const ENTRIES_OFFSET = 40
/** struct ipt_entry: struct ipt_ip, then nfcache, target_offset, next_offset, comefrom, counters. */
const ENTRY_BYTES = 112
const IN_INTERFACE = 16
const OUT_INTERFACE = 32
const IP_BYTES = 84
const INTERFACE_BYTES = 16
const TARGET_OFFSET = 88
const NEXT_OFFSET = 90
/** struct xt_entry_target: u16 size, name, revision; a standard one has its verdict behind. */
const TARGET_NAME = 2
const TARGET_BYTES = 32
const DROP = -1
const ACCEPT = -2

/**
 * Tells what the older iptables, which has tables of its own in the kernel, does with forwarded packets of the interfaces
 * called `bridges`, e.g. `tcb*`: whether its chain FORWARD drops or rejects what it does not let through, and has no rules
 * that let these through. `nothing` where it is not in use. Looks at IPv4, and makes no table.
 */
export function legacyForward(bridges: string): 'blocks' | 'accepts' | 'nothing' {
  if (!tableNames().includes('filter')) return 'nothing'
  const chain = readForward()
  if (chain === undefined) return 'nothing'
  const last = chain.findIndex(isBlocker)
  if (last === -1) return 'accepts'
  const before = chain.slice(0, last)
  const name = bridges.replace('*', '+')
  const lets = (at: number) =>
    before.some(entry => verdictOf(entry) === ACCEPT && interfaceAt(entry, at) === name)
  return lets(IN_INTERFACE) && lets(OUT_INTERFACE) ? 'accepts' : 'blocks'
}

/** The file exists where the older iptables is in the kernel, and names the tables that were made. */
function tableNames(): readonly string[] {
  try {
    return readFileSync('/proc/thread-self/net/ip_tables_names', 'utf8').split('\n')
  } catch {
    return []
  }
}

/** Returns the entries of chain FORWARD, the one of its policy last. */
function readForward(): readonly Buffer[] | undefined {
  const fd = socket(AF_INET, SOCK_RAW_CLOEXEC, IPPROTO_RAW)
  if (fd < 0) return undefined
  try {
    const info = Buffer.alloc(INFO_BYTES)
    info.write('filter')
    if (!read(fd, IPT_SO_GET_INFO, info)) return undefined
    const first = info.readUInt32LE(NAME_BYTES + 4 + 4 * HOOK_FORWARD)
    const policy = info.readUInt32LE(NAME_BYTES + 24 + 4 * HOOK_FORWARD)
    const size = info.readUInt32LE(INFO_BYTES - 4)
    const table = Buffer.alloc(ENTRIES_OFFSET + size)
    table.write('filter')
    table.writeUInt32LE(size, NAME_BYTES)
    if (!read(fd, IPT_SO_GET_ENTRIES, table)) return undefined
    return entriesOf(table.subarray(ENTRIES_OFFSET), { first, policy })
  } finally {
    closeSync(fd)
  }
}

function entriesOf(
  table: Buffer,
  { first, policy }: { readonly first: number; readonly policy: number },
): readonly Buffer[] {
  const entries: Buffer[] = []
  for (let at = first; at <= policy && at + ENTRY_BYTES <= table.length; ) {
    const length = table.readUInt16LE(at + NEXT_OFFSET)
    if (length < ENTRY_BYTES) break
    entries.push(table.subarray(at, at + length))
    at += length
  }
  return entries
}

function read(fd: number, option: number, value: Buffer): boolean {
  const length = Buffer.alloc(4)
  length.writeUInt32LE(value.length)
  return getsockopt(fd, SOL_IP, option, value, length) === 0
}

/** Drops or rejects every packet that comes as far. */
function isBlocker(entry: Buffer): boolean {
  const target = entry.readUInt16LE(TARGET_OFFSET)
  const isForAll = target === ENTRY_BYTES && entry.subarray(0, IP_BYTES).every(byte => byte === 0)
  return isForAll && (verdictOf(entry) === DROP || targetName(entry) === 'REJECT')
}

/** Undefined for a target that is not standard. */
function verdictOf(entry: Buffer): number | undefined {
  const target = entry.readUInt16LE(TARGET_OFFSET)
  if (targetName(entry) !== '' || target + TARGET_BYTES + 4 > entry.length) return undefined
  return entry.readInt32LE(target + TARGET_BYTES)
}

function targetName(entry: Buffer): string {
  const at = entry.readUInt16LE(TARGET_OFFSET) + TARGET_NAME
  return textUpToNul(entry.subarray(at, at + TARGET_BYTES - TARGET_NAME - 1))
}

/** A `+` at its end stands for every name that begins so. */
function interfaceAt(entry: Buffer, offset: number): string {
  return textUpToNul(entry.subarray(offset, offset + INTERFACE_BYTES))
}

function textUpToNul(bytes: Buffer): string {
  const end = bytes.indexOf(0)
  return bytes.toString('latin1', 0, end < 0 ? bytes.length : end)
}
