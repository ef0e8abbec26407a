import { statSync } from 'node:fs'
import { isIP } from 'node:net'
import { readIfPresent } from '../../../../disk/record-file.ts'

/** A resolver to which queries are forwarded. */
export interface Upstream {
  readonly address: string
  readonly port: number
}

/** Returns the resolver at `address`, on the port of DNS. */
export function upstreamAt(address: string): Upstream {
  return { address, port: 53 }
}

/** Returns the addresses of the `nameserver` lines, in order; as in resolv.conf(5), no more than three count. */
export function parseNameservers(resolvConf: string): readonly string[] {
  return resolvConf
    .split('\n')
    .map(line => /^\s*nameserver\s+(\S+)/.exec(line)?.[1])
    .filter(address => address !== undefined)
    .filter(address => isIP(address) !== 0)
    .slice(0, MOST_NAMESERVERS)
}

const MOST_NAMESERVERS = 3

/** Resolver files of the host. */
export interface HostResolverFiles {
  readonly own: string
  /** Where systemd-resolved(8) lists the servers that it asks itself. */
  readonly behind: string
}

const HOST_FILES: HostResolverFiles = {
  own: '/etc/resolv.conf',
  behind: '/run/systemd/resolve/resolv.conf',
}
/** Where systemd-resolved(8) listens. */
const STUBS: readonly string[] = ['127.0.0.53', '127.0.0.54']

/**
 * The host's resolvers as its resolv.conf has them at the moment of asking: a laptop changes networks. Behind
 * systemd-resolved come those that it asks itself, should it not listen.
 */
export class HostUpstreams {
  readonly #files: HostResolverFiles
  #version = ''
  #upstreams: readonly Upstream[] = []

  constructor(files: HostResolverFiles = HOST_FILES) {
    this.#files = files
  }

  /** Returns none while the file is missing. */
  current(): readonly Upstream[] {
    const { own, behind } = this.#files
    const version = `${versionOf(own)}, ${versionOf(behind)}`
    if (version !== this.#version) {
      this.#upstreams = this.#read().map(upstreamAt)
      this.#version = version
    }
    return this.#upstreams
  }

  /** The files that count. */
  get paths(): readonly string[] {
    const { own, behind } = this.#files
    return this.#isStub(parseNameservers(readIfPresent(own) ?? '')) ? [own, behind] : [own]
  }

  #isStub(servers: readonly string[]): boolean {
    return servers.length > 0 && servers.every(server => STUBS.includes(server))
  }

  #read(): readonly string[] {
    const { own, behind } = this.#files
    const servers = parseNameservers(readIfPresent(own) ?? '')
    if (!this.#isStub(servers)) return servers
    return [...servers, ...parseNameservers(readIfPresent(behind) ?? '')].slice(0, MOST_NAMESERVERS)
  }
}

const ABSENT = 'absent'

/** A file replaced by rename has another inode, a file written in place another time or size. */
function versionOf(path: string): string {
  const stats = statSync(path, { throwIfNoEntry: false })
  return stats === undefined ? ABSENT : `${stats.ino} ${stats.mtimeMs} ${stats.size}`
}
