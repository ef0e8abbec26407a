import { type Command, Option } from 'commander'
import type { UpOptions } from '../../app/up-plan.ts'
import type { Millis } from '../../base/millis.ts'
import { parseSeconds } from './option-values.ts'

/** The options that say whether to wait. */
export interface WaitValues {
  readonly wait?: boolean
  readonly waitTimeout?: Millis
}

/** Adds the options that say whether to wait; `wait` describes the first of them. */
export function addWaitOptions(command: Command, { wait }: { readonly wait: string }): Command {
  return command
    .option('--wait', wait)
    .addOption(
      new Option(
        '--wait-timeout <seconds>',
        'Seconds to wait, with --wait or for what services depend on; 0 is no limit',
      ).argParser(parseSeconds),
    )
}

/** Returns whether to wait, and how long. As in docker compose, a limit alone asks for no wait. */
export function waitOf({ wait = false, waitTimeout }: WaitValues): UpOptions['wait'] {
  return wait && waitTimeout !== undefined && waitTimeout > 0 ? { timeout: waitTimeout } : wait
}
