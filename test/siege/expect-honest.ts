import type { CommandResult } from '../support/test-project.ts'

/** Failures that a command may end with. */
export interface Tolerance {
  /** Codes of errors that the round explains, e.g. TC2006 on a full disk. */
  readonly errors?: readonly string[]
  /** Exit codes of a program of the user that the round explains, e.g. 137 of one that was ended with its container. */
  readonly exitCodes?: readonly number[]
}

/**
 * Throws unless a command has succeeded, or has failed only with errors that `tolerance` names. A crash, an error
 * without a code, and one that is reported as a bug are never tolerated.
 */
export function expectHonest(
  command: string,
  { exitCode, signal, stdout, stderr }: CommandResult,
  { errors = [], exitCodes = [] }: Tolerance = {},
): void {
  const codes = [...stderr.matchAll(/^error\[(TC\d+)\]/gm)].map(([, code]) => code ?? '')
  const hasBug = /internal error|^\s+at .+:\d+:\d+\)?$/m.test(stderr)
  const isExplained = exitCode === 1 && codes.length > 0 && codes.every(code => errors.includes(code))
  const isDone = exitCode === 0 || (exitCode !== null && exitCodes.includes(exitCode))
  if (signal === null && !hasBug && (isDone || isExplained)) return
  throw new Error(`${command} ended with ${signal ?? exitCode}:\n${stdout}${stderr}`.trimEnd())
}
