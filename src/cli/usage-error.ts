import type { Diagnostic } from '../base/diagnostic.ts'

/** The command line is wrong. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
  readonly hint: string | undefined

  constructor(message: string, hint?: string) {
    super(message)
    this.hint = hint
  }
}

const UNKNOWN = /^error: unknown (?:option|command) '(.*)'$/s

/**
 * Turns a message of the argument parser, such as `error: unknown option '--wiat'`, into a `UsageError`; `suggest` knows
 * what may have been meant by the word.
 */
export function usageErrorFrom(message: string, suggest: (word: string) => string | undefined): UsageError {
  const unknown = UNKNOWN.exec(message)?.[1]
  const text = message
    .replace(/^error: /, '')
    .replace(/^command-argument value/, 'value')
    .replaceAll("'", '"')
    .replace(/\.$/, '')
  return new UsageError(text, unknown === undefined ? undefined : suggest(unknown))
}

/** Returns the error in the form in which bad input is shown. */
export function usageDiagnostic({ message, hint }: UsageError): Diagnostic {
  return {
    severity: 'error',
    code: 'usage',
    message: `Cannot run the command: ${message}`,
    hint: hint ?? 'Run "tcompose --help" or "tcompose COMMAND --help" to see what is possible',
  }
}
