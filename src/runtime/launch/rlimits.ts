import { TcomposeError } from '../../base/tcompose-error.ts'
import type { RlimitSpec } from '../../oci/runtime-spec.ts'
import type { SpecOrigins } from './container-launch.ts'
import type { LaunchStep } from './launch-op.ts'
import { step } from './launch-steps.ts'

/** RLIMIT_* numbers, the same on x86 and arm, by the name that Compose uses. */
const RESOURCES: ReadonlyMap<string, number> = new Map([
  ['cpu', 0],
  ['fsize', 1],
  ['data', 2],
  ['stack', 3],
  ['core', 4],
  ['rss', 5],
  ['nproc', 6],
  ['nofile', 7],
  ['memlock', 8],
  ['as', 9],
  ['locks', 10],
  ['sigpending', 11],
  ['msgqueue', 12],
  ['nice', 13],
  ['rtprio', 14],
  ['rttime', 15],
])

const PREFIX = 'RLIMIT_'

/** RLIM_INFINITY of the 64-bit call. */
export const UNLIMITED: bigint = 2n ** 64n - 1n

/** Returns the name by which a spec knows a limit, e.g. `RLIMIT_NOFILE` for `nofile`. */
export function rlimitType(name: string): `RLIMIT_${string}` {
  return `${PREFIX}${name.toUpperCase()}`
}

/**
 * Returns the steps that set limits. What is left out is inherited from the keeper, so nothing has to be cut down to what
 * the machine allows, and what cannot be had is an error.
 *
 * @throws {TcomposeError} `bad-value` for a resource that Linux does not know.
 */
export function rlimitSteps(rlimits: readonly RlimitSpec[], origins: SpecOrigins): readonly LaunchStep[] {
  return rlimits.map(({ type, soft, hard }) => {
    const name = type.slice(PREFIX.length).toLowerCase()
    const resource = RESOURCES.get(name)
    const origin = origins.get(`process.rlimits.${type}`)
    if (resource === undefined) {
      throw new TcomposeError('bad-value', `Cannot set ulimit "${name}": Linux has no such limit`, {
        hint: `Known limits: ${[...RESOURCES.keys()].sort().join(', ')}`,
      }).at(origin)
    }
    return step(
      { op: 'set-rlimit', resource, soft, hard },
      { purpose: `set ulimit "${name}" to ${limitText(soft)}:${limitText(hard)}`, origin },
    )
  })
}

function limitText(limit: bigint): string {
  return limit === UNLIMITED ? '-1' : String(limit)
}
