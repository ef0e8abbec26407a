import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { ipBytes, parseIpAddress } from '../base/ip-address.ts'
import { type BoundPort, isEveryAddress } from '../model/bound-port.ts'

const LISTEN = '0A'

/** A port of the host on an address that is known. */
export interface HostPort extends BoundPort {
  readonly hostIp: string
}

/** A process that holds a socket. */
export interface PortHolder {
  readonly pid: number
  /** Name of its program, 15 characters at most. */
  readonly command: string
}

/**
 * Finds a process whose socket prevents binding `port` in the thread's network namespace. Undefined if no
 * socket does, or none of a process that can be seen.
 */
export function findPortHolder(port: HostPort): PortHolder | undefined {
  const tables = tablesOf(port)
  const inodes = new Set(
    tables.flatMap(table =>
      parseSocketTable(readSocketTable(table))
        .filter(row => isInTheWay(row, port))
        .map(row => row.inode),
    ),
  )
  return inodes.size === 0 ? undefined : findSocketOwner(inodes)
}

/** A row of /proc/net/tcp and its sisters. */
export interface SocketRow {
  /** 8 or 32 hex digits: 32-bit words in the machine's order. */
  readonly address: string
  readonly port: number
  /** Hex, e.g. 0A for a listening TCP socket. */
  readonly state: string
  readonly inode: number
}

/** Reads /proc/net/{tcp,tcp6,udp,udp6}, see proc_pid_net(5). */
export function parseSocketTable(text: string): readonly SocketRow[] {
  return text
    .split('\n')
    .slice(1)
    .map(line => line.trim().split(/\s+/))
    .filter(fields => fields.length > 9)
    .map(fields => {
      const [address = '', port = ''] = fields[1]?.split(':') ?? []
      return { address, port: Number.parseInt(port, 16), state: fields[3] ?? '', inode: Number(fields[9]) }
    })
}

function readSocketTable(table: string): string {
  try {
    return readFileSync(`/proc/thread-self/net/${table}`, 'utf8')
  } catch {
    // A kernel without IPv6 has no such table.
    return ''
  }
}

/** A socket of IPv6 takes IPv4 too unless it was told not to. One of SCTP is in no table of this form. */
function tablesOf({ hostIp, protocol }: HostPort): readonly string[] {
  if (protocol === 'sctp') return []
  return hostIp.includes(':') ? [`${protocol}6`] : [protocol, `${protocol}6`]
}

function isInTheWay(row: SocketRow, { hostIp, hostPort, protocol }: HostPort): boolean {
  if (row.port !== hostPort) return false
  if (protocol === 'tcp' && row.state !== LISTEN) return false
  return isEveryAddress(hostIp) || /^0+$/.test(row.address) || row.address.endsWith(addressWords(hostIp))
}

/** Words in the machine's order. Of an IPv6 row the last counts: that of an IPv4 address mapped into IPv6. */
function addressWords(hostIp: string): string {
  const address = parseIpAddress(hostIp)
  const bytes = Buffer.from(address === undefined ? [] : ipBytes(address))
  return bytes.swap32().toString('hex').toUpperCase()
}

function findSocketOwner(inodes: ReadonlySet<number>): PortHolder | undefined {
  const links = new Set([...inodes].map(inode => `socket:[${inode}]`))
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name) || !hasDescriptor(`/proc/${name}/fd`, links)) continue
    const command = readCommand(`/proc/${name}/comm`)
    if (command !== undefined) return { pid: Number(name), command }
  }
  return undefined
}

/** A process, or a descriptor, may go away at any moment: then it holds nothing. */
function hasDescriptor(folder: string, links: ReadonlySet<string>): boolean {
  try {
    return readdirSync(folder).some(fd => links.has(readLink(`${folder}/${fd}`) ?? ''))
  } catch {
    return false
  }
}

function readLink(path: string): string | undefined {
  try {
    return readlinkSync(path)
  } catch {
    return undefined
  }
}

function readCommand(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return undefined
  }
}
