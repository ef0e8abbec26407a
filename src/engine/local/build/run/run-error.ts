import type { SourceSpan } from '../../../../base/source-span.ts'
import { TcomposeError } from '../../../../base/tcompose-error.ts'
import { LaunchFailure } from '../../../../runtime/keeper/keeper-error.ts'
import { explainLaunch } from '../../../../runtime/launch/launch-error.ts'
import type { LaunchStep } from '../../../../runtime/launch/launch-op.ts'

/** A step of a build, for errors. */
export interface StepPlace {
  /** What errors call it, e.g. `RUN npm ci`. */
  readonly label: string
  readonly span: SourceSpan
}

/** Returns `error`, if it is the keeper's about `program`, as one that the user can act on. */
export function runError(error: unknown, program: readonly LaunchStep[], place: StepPlace): unknown {
  if (!(error instanceof LaunchFailure)) return error
  const { message, hint, notes } = explainLaunch(error, program, `step "${place.label}"`)
  return new TcomposeError('build-step', message, {
    ...(hint !== undefined && { hint }),
    notes,
    span: place.span,
    cause: error,
  })
}

/** Returns `error` with the place of its step, if it is one that the user can act on and has none. */
export function placed(error: unknown, { span }: StepPlace): unknown {
  if (!(error instanceof TcomposeError) || error.span !== undefined) return error
  const { code, message, hint, notes, cause } = error
  return new TcomposeError(code, message, { ...(hint !== undefined && { hint }), notes, cause, span })
}
