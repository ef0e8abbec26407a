import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'

/** A build of tcompose that is measured. */
export interface Contestant {
  readonly name: string
  /** The program to run. */
  readonly program: string
  /** Whether a warm process runs its commands. */
  readonly isWarm: boolean
}

/** How results call the build that this one is compared with. It is no peer: no budget is a share of it. */
export const BASELINE = 'baseline'

/** How results call this build with a process for each command, beside one whose commands a warm process runs. */
export const COLD = 'cold'

export interface ContestantOptions {
  /** Another checkout of tcompose. */
  readonly against: string | undefined
  readonly warm: boolean
}

/** Returns this checkout's build, itself without a warm process if it has one, and that of another checkout. */
export function contestants({ against, warm }: ContestantOptions): readonly Contestant[] {
  const program = programOf(resolve(import.meta.dirname, '..'))
  return [
    { name: 'tcompose', program, isWarm: warm },
    ...(warm ? [{ name: COLD, program, isWarm: false }] : []),
    ...(against === undefined
      ? []
      : [{ name: BASELINE, program: programOf(resolve(against)), isWarm: false }]),
  ]
}

/** Returns the program that a user links into a folder of PATH; earlier versions have none but a script. */
function programOf(checkout: string): string {
  const program = join(checkout, 'dist/native/tcompose')
  return existsSync(program) ? program : join(checkout, 'bin/tcompose')
}
