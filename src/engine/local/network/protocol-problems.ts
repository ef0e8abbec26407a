import { TcomposeError } from '../../../base/tcompose-error.ts'
import { hasSctp } from '../../../linux/can-bind.ts'
import type { Service } from '../../../model/service.ts'

/** Returns an error for each port of `service` whose protocol this kernel does not have. */
export function protocolProblems(
  { name, ports }: Pick<Service, 'name' | 'ports'>,
  isThere: () => boolean = hasSctp,
): readonly TcomposeError[] {
  return ports
    .filter(({ protocol }) => protocol === 'sctp' && !isThere())
    .map(
      ({ target, origin }) =>
        new TcomposeError(
          'network',
          `Cannot publish port ${target}/sctp of service "${name}": this kernel has no SCTP`,
          {
            hint: 'Load its module, "modprobe sctp", or publish the port over TCP or UDP',
            origin,
          },
        ),
    )
}
