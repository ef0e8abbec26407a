import { servicePath } from '../../base/model-path.ts'
import { TcomposeError } from '../../base/tcompose-error.ts'
import type { LaunchStep } from './launch-op.ts'
import { step } from './launch-steps.ts'

/** RLIMIT_* by the name that Compose uses; the same on x86 and arm. */
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

/** RLIM_INFINITY of the 64-bit call. */
const UNLIMITED = 2n ** 64n - 1n

/** Limits by the name that Compose uses; -1 is unlimited. */
export type Ulimits = ReadonlyMap<string, { readonly soft: number; readonly hard: number }>

/**
 * Returns the steps that set what the file asks for; -1 is unlimited. What it leaves out is inherited from the
 * keeper, so nothing has to be cut down to what the machine allows, and what cannot be had is an error.
 *
 * @throws {TcomposeError} `bad-value` for a resource that Linux does not know.
 */
export function rlimitSteps(ulimits: Ulimits, service: string): readonly LaunchStep[] {
  return [...ulimits].map(([name, { soft, hard }]) => {
    const resource = RESOURCES.get(name)
    const origin = servicePath(service, 'ulimits', name)
    if (resource === undefined) {
      throw new TcomposeError('bad-value', `Cannot set ulimit "${name}": Linux has no such limit`, {
        hint: `Known limits: ${[...RESOURCES.keys()].sort().join(', ')}`,
        origin,
      })
    }
    return step(
      { op: 'set-rlimit', resource, soft: limitOf(soft), hard: limitOf(hard) },
      { purpose: `set ulimit "${name}" to ${soft}:${hard}`, origin },
    )
  })
}

function limitOf(value: number): bigint {
  return value < 0 ? UNLIMITED : BigInt(value)
}
