import { readFileSync, statSync } from 'node:fs'
import { isIP } from 'node:net'

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

/** The host's resolvers as its resolv.conf has them at the moment of asking: a laptop changes networks. */
export class HostUpstreams {
  readonly #path: string
  #version = ''
  #upstreams: readonly Upstream[] = []

  constructor(path = '/etc/resolv.conf') {
    this.#path = path
  }

  /** Returns none while the file is missing. */
  current(): readonly Upstream[] {
    const version = versionOf(this.#path)
    if (version !== this.#version) {
      this.#upstreams =
        version === ABSENT ? [] : parseNameservers(readFileSync(this.#path, 'utf8')).map(upstreamAt)
      this.#version = version
    }
    return this.#upstreams
  }
}

const ABSENT = 'absent'

/** A file replaced by rename has another inode, a file written in place another time or size. */
function versionOf(path: string): string {
  const stats = statSync(path, { throwIfNoEntry: false })
  return stats === undefined ? ABSENT : `${stats.ino} ${stats.mtimeMs} ${stats.size}`
}
