import { findPortHolder, type HostPort, type PortHolder } from '../../../linux/socket-holder.ts'
import { portsClash } from '../../../model/bound-port.ts'
import { readPidFile } from '../../../runtime/keeper/process-files.ts'
import { containerLayout, type Roots } from '../state/layout.ts'
import { readLiveRecord } from '../state/live-files.ts'
import { readProjects } from '../state/read-projects.ts'

/**
 * Finds what prevents publishing `port`: a container of this engine, whose socket the keeper holds without
 * listening so that /proc/net does not show it, or any process that listens.
 */
export function portHolder(roots: Roots, port: HostPort): PortHolder | undefined {
  return publishingContainer(roots, port) ?? findPortHolder(port)
}

function publishingContainer(roots: Roots, port: HostPort): PortHolder | undefined {
  for (const { project, containers } of readProjects(roots).records) {
    for (const [id, { spec }] of containers) {
      const layout = containerLayout(roots, project, id)
      const publishes = readLiveRecord(layout.live)?.ports.some(other => portsClash(other, port)) ?? false
      const pid = publishes ? readPidFile(layout.pid)?.pid : undefined
      if (pid !== undefined) return { pid, command: `container ${spec.name}` }
    }
  }
  return undefined
}
