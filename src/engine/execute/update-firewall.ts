import { openNetlink } from '../host/netlink-socket.ts'
import { admitBridges, withdrawBridges } from '../network/docker-host.ts'
import { applyFirewall, removeFirewall } from '../network/firewall.ts'
import { type ExecutionContext, networkRecordOf } from './execution-context.ts'

/** Brings the project's nf_tables table in line with its networks and published ports; without networks it goes. */
export function updateFirewall({
  tag,
  project,
  store,
  ports,
}: Pick<ExecutionContext, 'tag' | 'project' | 'store' | 'ports'>): void {
  const networks = [...store.record.networks.values()].flatMap(entry =>
    entry.phase === 'removing' ? [] : (networkRecordOf(entry) ?? []),
  )
  const owner = { tag, project }
  using socket = openNetlink('netfilter')
  if (networks.length === 0 && ports.all().length === 0) {
    removeFirewall(owner, socket)
    withdrawBridges(owner, socket)
    return
  }
  applyFirewall({ ...owner, networks, ports: ports.all() }, socket)
  admitBridges(
    owner,
    networks.map(network => network.bridge),
    socket,
  )
}
