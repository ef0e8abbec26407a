import type { ModelPath } from '../../../base/model-path.ts'
import { TcomposeError } from '../../../base/tcompose-error.ts'
import type { HostPort, PortHolder } from '../../../linux/socket-holder.ts'
import { isEveryAddress } from '../../../model/bound-port.ts'

/** A port that could not be had, and for whom. */
export interface PortInUse {
  readonly port: HostPort
  readonly service: string
  readonly holder: PortHolder | undefined
  /** What of the document asks for the port. */
  readonly origin: ModelPath | undefined
}

/** Says who holds the port that a service is to publish. */
export function portInUse({ port, service, holder, origin }: PortInUse): TcomposeError {
  const { hostIp, hostPort, protocol } = port
  const place = isEveryAddress(hostIp) ? `${hostPort}` : `${hostIp}:${hostPort}`
  const kind = protocol === 'tcp' ? '' : `/${protocol}`
  const by = holder === undefined ? '' : ` by ${holder.command} (pid ${holder.pid})`
  return new TcomposeError(
    'port-in-use',
    `Cannot publish port ${place}${kind} of service "${service}": it is in use${by}`,
    {
      hint: holder === undefined ? 'Publish another port' : `Stop ${holder.command}, or publish another port`,
      ...(origin === undefined ? {} : { origin }),
    },
  )
}
