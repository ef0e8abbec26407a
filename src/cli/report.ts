import { failureDiagnostic } from '../app/failure-diagnostic.ts'
import { type ExecutionReport, type Origins, originOf, type Plan, type RunResult } from '../app/index.ts'
import type { Diagnostic } from '../base/diagnostic.ts'
import { errorCode } from '../base/error-codes.ts'
import type { TcomposeError } from '../base/tcompose-error.ts'
import type { CommandContext } from './command-context.ts'
import { githubAnnotations } from './diagnostics/github-annotations.ts'
import {
  type RenderOptions,
  renderDiagnosticLines,
  renderDiagnostics,
} from './diagnostics/render-diagnostics.ts'
import { renderError } from './diagnostics/render-error.ts'
import { EXIT } from './exit-codes.ts'
import type { DiagnosticFormat, OutputSettings } from './options/output-settings.ts'
import { safeJson, safeMessage } from './views/safe-text.ts'

/** Tells of diagnostics on standard error, at once or, where the format is one document, when the command ends. */
export function reportDiagnostics(
  { ports: { stderr, readSource }, settings, collected }: CommandContext,
  diagnostics: readonly Diagnostic[],
  { closing }: Pick<RenderOptions, 'closing'> = {},
): void {
  if (diagnostics.length === 0) return
  switch (formatOf(settings)) {
    case 'human':
      stderr.write(
        renderDiagnostics(diagnostics, {
          ...{ color: settings.isErrorColored, readSource },
          ...(closing !== undefined && { closing }),
        }),
      )
      break
    case 'line':
      stderr.write(renderDiagnosticLines(diagnostics))
      break
    case 'github':
      stderr.write(githubAnnotations(diagnostics.map(safeDiagnostic)))
      break
    case 'progress':
      for (const { severity, code, message, span, hint } of diagnostics) {
        stderr.write(`${safeJson({ [severity]: true, code: errorCode(code), message, span, hint })}\n`)
      }
      break
    case 'json':
    case 'sarif':
      collected.push(...diagnostics)
  }
}

/** Annotations are read in the log of a job too. */
function safeDiagnostic(diagnostic: Diagnostic): Diagnostic {
  const { message, hint } = diagnostic
  return {
    ...diagnostic,
    message: safeMessage(message),
    ...(hint !== undefined && { hint: safeMessage(hint) }),
  }
}

/** `progress`: among the JSON lines of the progress. */
function formatOf({ diagnostics, progress }: OutputSettings): DiagnosticFormat | 'progress' {
  return diagnostics ?? (progress === 'json' ? 'progress' : 'human')
}

/** Writes why a command cannot begin, and returns the exit code for that. */
export function reportInvalid(context: CommandContext, diagnostics: readonly Diagnostic[]): number {
  reportDiagnostics(context, diagnostics)
  const errors = diagnostics.filter(({ severity }) => severity === 'error')
  return errors.length > 0 && errors.every(isOfWhatRuns) ? EXIT.failed : EXIT.badInput
}

/** The file is good, and the project has no service of that name. */
function isOfWhatRuns({ code }: Diagnostic): boolean {
  return code === 'no-such-service'
}

export interface FailureOptions {
  readonly origins?: Origins
  /** The last line, e.g. `Nothing was changed.` */
  readonly closing?: string
  /** Another failure comes behind it, after an empty line for people. @default false */
  readonly isFollowed?: boolean
}

/** Writes a failure to standard error. */
export function reportFailure(
  context: CommandContext,
  error: TcomposeError,
  { isFollowed = false, ...options }: FailureOptions = {},
): void {
  const { ports, settings } = context
  writeFailure(context, error, options)
  if (isFollowed && formatOf(settings) === 'human') ports.stderr.write('\n')
}

function writeFailure(
  context: CommandContext,
  error: TcomposeError,
  { origins, closing }: Omit<FailureOptions, 'isFollowed'>,
): void {
  const {
    ports: { stderr, readSource },
    settings,
  } = context
  if (error.diagnostics.length > 0) {
    reportDiagnostics(context, error.diagnostics, { closing: closing ?? '' })
    return
  }
  const format = formatOf(settings)
  if (format !== 'human' && format !== 'progress') {
    reportDiagnostics(context, [failureDiagnostic(error, origins)])
    return
  }
  if (format === 'progress') {
    const { code, message, hint, span } = error
    const notes = error.notes.length === 0 ? undefined : error.notes
    stderr.write(`${safeJson({ error: true, code: errorCode(code), message, hint, span, notes })}\n`)
    return
  }
  stderr.write(
    renderError(error, {
      color: settings.isErrorColored,
      readSource,
      ...(origins === undefined ? {} : { locate: (origin: string) => originOf(origins, origin) }),
      ...(closing === undefined ? {} : { closing }),
    }),
  )
}

/** How a run is judged at its end. */
export interface RunReportOptions {
  /** Steps that fail are warnings. @default false */
  readonly toleratesFailures?: boolean
}

/** Writes what a run has to say at its end, and returns its exit code. */
export function reportRun(
  context: CommandContext,
  result: RunResult,
  options: RunReportOptions = {},
): number {
  switch (result.kind) {
    case 'invalid':
      return reportInvalid(context, result.diagnostics)
    case 'refused':
      return reportRefused(context, result)
    case 'ran':
      reportDiagnostics(context, result.diagnostics)
      reportWarnings(context, result.plan.warnings)
      return reportOutcomes(context, result, options)
  }
}

/** Writes why nothing was begun, and returns the exit code for that. */
export function reportRefused(
  context: CommandContext,
  { errors, origins }: Omit<Extract<RunResult, { kind: 'refused' }>, 'kind'>,
): number {
  for (const [index, error] of errors.entries()) {
    const isLast = index === errors.length - 1
    const end = isLast ? { closing: 'Nothing was changed.' } : { isFollowed: true }
    reportFailure(context, error, { origins, ...end })
  }
  return EXIT.failed
}

function reportOutcomes(
  context: CommandContext,
  { plan, report, origins }: Extract<RunResult, { kind: 'ran' }>,
  { toleratesFailures = false }: RunReportOptions,
): number {
  const outcomes = [...report.outcomes.values()]
  const errors = outcomes.flatMap(outcome => (outcome.kind === 'failed' ? outcome.error : []))
  const closing = closingOf(plan, report)
  for (const [index, error] of errors.entries()) {
    if (toleratesFailures) reportWarnings(context, [error.message])
    else
      reportFailure(context, error, {
        origins,
        ...(index === errors.length - 1 ? closing : { isFollowed: true }),
      })
  }
  if (outcomes.some(({ kind }) => kind === 'cancelled')) return context.ports.interrupts.exitCode
  if (toleratesFailures || outcomes.every(({ kind }) => kind === 'done')) return EXIT.done
  const isBadInput = errors.length > 0 && errors.every(({ diagnostics }) => diagnostics.length > 0)
  return isBadInput ? EXIT.badInput : EXIT.failed
}

/** Images are fetched and built before anything else is touched. */
function closingOf({ steps }: Plan, { outcomes }: ExecutionReport): Pick<FailureOptions, 'closing'> {
  const changes = steps.filter(({ action }) => action.kind !== 'fetch-image' && action.kind !== 'build-image')
  const isUntouched = changes.length > 0 && changes.every(({ id }) => outcomes.get(id)?.kind === 'skipped')
  return isUntouched ? { closing: 'Nothing was changed except images.' } : {}
}

/** Writes warnings of a plan, one line each; they are about what runs, not about the file. */
export function reportWarnings({ ports, settings }: CommandContext, warnings: readonly string[]): void {
  for (const message of warnings) {
    const line =
      settings.progress === 'json' ? safeJson({ warning: true, message }) : `warning: ${safeMessage(message)}`
    ports.stderr.write(`${line}\n`)
  }
}
