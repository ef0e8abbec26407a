import { resolve } from 'node:path'

/** A build of tcompose that is measured. */
export interface Contestant {
  readonly name: string
  /** The program to run. */
  readonly program: string
}

/** How results call the build that this one is compared with. It is no peer: no budget is a share of it. */
export const BASELINE = 'baseline'

/** Returns this checkout's build, and that of the checkout `baseline` if one is given. */
export function contestants(baseline: string | undefined): readonly Contestant[] {
  const own = { name: 'tcompose', program: resolve(import.meta.dirname, '../bin/tcompose') }
  return baseline === undefined
    ? [own]
    : [own, { name: BASELINE, program: resolve(baseline, 'bin/tcompose') }]
}
