import { errnoNameOf } from '../base/errno-name-of.ts'
import { errorCode } from '../base/error-codes.ts'
import type { CliPorts } from './cli-ports.ts'
import { EXIT } from './exit-codes.ts'
import { safeMessage } from './views/safe-text.ts'
import { writeFailure } from './write-failure.ts'

/**
 * Returns the exit code of a command that would end with `exitCode`: another one than success if its output was lost,
 * reported on standard error. A reader that has ended, as in `tcompose logs | head`, is not reported.
 */
export function reportOutputFailure(
  exitCode: number,
  { stdout: { failure }, stderr }: Pick<CliPorts, 'stdout' | 'stderr'>,
): number {
  if (failure === undefined) return exitCode
  if (errnoNameOf(failure) !== 'EPIPE') {
    const { code, message } = writeFailure('standard output', failure)
    stderr.write(`error[${errorCode(code)}]: ${safeMessage(message)}\n`)
  }
  return exitCode === EXIT.done ? EXIT.failed : exitCode
}
