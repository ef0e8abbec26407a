import type { Diagnostic } from '../base/diagnostic.ts'
import { type Origins, originOf } from '../model/project.ts'
import { type DesiredState, type PortClash, portClashes } from '../planner/index.ts'

/** Returns an error for each host port that `desired` wants twice, with both places of the file. */
export function checkHostPorts(desired: DesiredState, origins: Origins): readonly Diagnostic[] {
  return portClashes(desired).map(clash => clashError(clash, origins))
}

function clashError({ port, protocol, earlier, later }: PortClash, origins: Origins): Diagnostic {
  const span = originOf(origins, later.origin)
  const first = originOf(origins, earlier.origin)
  const isOneEntry = earlier.origin === later.origin
  return {
    severity: 'error',
    code: 'port-in-use',
    message: isOneEntry
      ? `Cannot publish ${protocol} port ${port} of service "${later.service}": it has several replicas, which cannot share a host port`
      : `Cannot publish ${protocol} port ${port} of service "${later.service}": ${ownerOf(earlier, later)} publishes it too`,
    ...(span === undefined ? {} : { span }),
    hint: isOneEntry
      ? 'Publish a range such as "8080-8089:80", or omit the host port'
      : 'Choose another host port for one of the two',
    ...(isOneEntry || first === undefined
      ? {}
      : { related: [{ message: 'first published here', span: first }] }),
  }
}

function ownerOf(earlier: PortClash['earlier'], later: PortClash['later']): string {
  return earlier.service === later.service ? 'another of its entries' : `service "${earlier.service}"`
}
