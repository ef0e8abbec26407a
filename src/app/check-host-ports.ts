import type { Diagnostic } from '../base/diagnostic.ts'
import { formatPorts } from '../model/bound-port.ts'
import { type Origins, originOf } from '../model/project.ts'
import { type DesiredState, type PortClash, portClashes } from '../planner/index.ts'

/** Returns an error for each entry of ports that `desired` has no host port for, with both places of the file. */
export function checkHostPorts(desired: DesiredState, origins: Origins): readonly Diagnostic[] {
  return portClashes(desired).map(clash => clashError(clash, origins))
}

function clashError(clash: PortClash, origins: Origins): Diagnostic {
  const { earlier, later } = clash
  const span = originOf(origins, later.origin)
  const first = originOf(origins, earlier.origin)
  const isOneEntry = earlier.origin === later.origin
  return {
    severity: 'error',
    code: 'port-in-use',
    message: `Cannot publish ${wantedPort(clash)} of service "${later.service}": ${isOneEntry ? tooManyReplicas(clash) : tooFewPorts(clash)}`,
    ...(span === undefined ? {} : { span }),
    hint: isOneEntry
      ? 'Publish a range with a port for each replica, such as "8080-8089:80", or omit the host port'
      : 'Choose another host port for one of the two',
    ...(isOneEntry || first === undefined
      ? {}
      : { related: [{ message: 'first published here', span: first }] }),
  }
}

function wantedPort({ ports, protocol }: PortClash): string {
  return `${protocol} ${isOnePort({ ports }) ? 'port' : 'ports'} ${formatPorts(ports)}`
}

function tooManyReplicas({ ports, later }: PortClash): string {
  if (isOnePort({ ports })) return 'it has several replicas, which cannot share a host port'
  const count = ports.to - ports.from + 1
  return `it has ${later.replicas} replicas, and these are ${count} ports`
}

function tooFewPorts({ ports, earlier, later }: PortClash): string {
  const owner = earlier.service === later.service ? 'another of its entries' : `service "${earlier.service}"`
  return isOnePort({ ports })
    ? `${owner} publishes it too`
    : `with ${owner} more ports are needed than there are`
}

function isOnePort({ ports }: Pick<PortClash, 'ports'>): boolean {
  return ports.from === ports.to
}
