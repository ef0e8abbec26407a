import { formatPorts, isEveryAddress } from '../model/bound-port.ts'
import type { PortMapping } from '../model/network.ts'
import type { DesiredState } from './desired-state.ts'

/** TCP ports on which servers of data listen that often ask for no password. */
const SERVERS: ReadonlyMap<number, string> = new Map([
  [1433, 'SQL Server'],
  [2375, 'the Docker API'],
  [2379, 'etcd'],
  [3306, 'MySQL'],
  [5432, 'PostgreSQL'],
  [5984, 'CouchDB'],
  [6379, 'Redis'],
  [7687, 'Neo4j'],
  [8086, 'InfluxDB'],
  [8529, 'ArangoDB'],
  [9042, 'Cassandra'],
  [9200, 'Elasticsearch'],
  [11_211, 'Memcached'],
  [26_257, 'CockroachDB'],
  [27_017, 'MongoDB'],
  [28_015, 'RethinkDB'],
])

/**
 * Says which selected services publish the port of a database, by the number it has in the container, on every address.
 * Other machines do not reach those whose networks are all internal.
 */
export function openDatabases({ services, networks }: DesiredState): readonly string[] {
  const isInternal = (key: string): boolean => networks.get(key)?.network.internal === true
  return services.flatMap(({ config: { name, networkMode, ports } }) =>
    networkMode.kind !== 'networks' || networkMode.attachments.every(({ network }) => isInternal(network))
      ? []
      : ports.flatMap(port => warningFor(name, port)),
  )
}

function warningFor(
  service: string,
  { hostIp, published, target, protocol }: PortMapping,
): readonly string[] {
  const server = protocol === 'tcp' ? SERVERS.get(target) : undefined
  if (server === undefined || !isEveryAddress(hostIp)) return []
  const text = `${published === undefined || published.from === 0 ? '' : `${formatPorts(published)}:`}${target}`
  return [
    `Service "${service}" publishes port ${target}, that of ${server}, on every address of this machine; "127.0.0.1:${text}" keeps it to this machine, and so does --publish-default 127.0.0.1`,
  ]
}
