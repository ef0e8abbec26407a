import { servicePath } from '../base/model-path.ts'
import { TcomposeError } from '../base/tcompose-error.ts'
import { type ReplicaAddress, replicaLabel } from '../model/names.ts'
import type { ObservedContainer } from '../model/observed-state.ts'

/**
 * Returns the container of `replica`.
 *
 * @throws {TcomposeError} `container-not-running` if there is none.
 */
export function requireContainer(
  containers: readonly ObservedContainer[],
  replica: ReplicaAddress,
): ObservedContainer {
  const container = containers.find(
    ({ service, number }) => service === replica.service && number === replica.number,
  )
  if (container !== undefined) return container
  const numbers = containers.filter(({ service }) => service === replica.service).map(({ number }) => number)
  throw new TcomposeError(
    'container-not-running',
    `Cannot find container ${replicaLabel(replica)}: service "${replica.service}" is not running container #${replica.number}`,
    {
      hint:
        numbers.length === 0
          ? `Run "tcompose up -d ${replica.service}" first`
          : `Its containers are numbered ${numbers.toSorted((a, b) => a - b).join(', ')}`,
      origin: servicePath(replica.service),
    },
  )
}
