import type { Diagnostic } from '../base/diagnostic.ts'
import type { TcomposeError } from '../base/tcompose-error.ts'
import { type Origins, originOf } from '../model/project.ts'

/** Returns a failure in the form of a diagnostic, at the place of the file behind it. */
export function failureDiagnostic(error: TcomposeError, origins: Origins | undefined): Diagnostic {
  const { code, message, hint, origin } = error
  const located = origins === undefined || origin === undefined ? undefined : originOf(origins, origin)
  const span = error.span ?? located
  return {
    severity: 'error',
    code,
    message,
    ...(span === undefined ? {} : { span }),
    ...(hint === undefined ? {} : { hint }),
  }
}
