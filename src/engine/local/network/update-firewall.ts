import { openNetlink } from '../../../linux/netlink/netlink-socket.ts'
import { bridgesOf } from './bridges-of.ts'
import { applyFirewall, removeFirewall } from './firewall.ts'
import { type FirewallSource, firewallRequest } from './firewall-request.ts'
import { admitBridges, withdrawBridges } from './forward-filters.ts'
import { releaseForwarding } from './forwarding.ts'
import { forgetStaleFlows } from './stale-flows.ts'

/** Brings the project's nf_tables table in line with its networks and published ports; without networks it goes. */
export function updateFirewall(source: FirewallSource): void {
  const request = firewallRequest(source)
  using socket = openNetlink('netfilter')
  if (request === undefined) {
    removeFirewall(source, socket)
    withdrawBridges(source, socket)
    releaseForwarding(source, socket)
  } else {
    applyFirewall(request, socket)
    admitBridges(request, bridgesOf(request), socket)
  }
  forgetStaleFlows({ current: request?.ports ?? [], removed: source.ports.takeRemoved() }, socket)
}
