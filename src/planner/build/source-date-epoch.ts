import type { Checked } from '../../base/diagnostic.ts'
import type { BuildPlanRequest } from './build-request.ts'
import { globalScope } from './global-scope.ts'

const NAME = 'SOURCE_DATE_EPOCH'

/**
 * Returns the seconds since 1970 that the times of a build are set to: those of the argument SOURCE_DATE_EPOCH, given or
 * declared before the first FROM; undefined where there is none. See https://reproducible-builds.org/specs/source-date-epoch/
 */
export function sourceDateEpoch(request: BuildPlanRequest): Checked<number> {
  const text = request.args.get(NAME) ?? globalScope(request).variables.get(NAME) ?? ''
  if (text === '') return { value: undefined, diagnostics: [] }
  const seconds = /^[+-]?\d+$/.test(text) ? Number(text) : Number.NaN
  if (Number.isSafeInteger(seconds)) return { value: seconds, diagnostics: [] }
  const span = request.dockerfile.globalArgs.findLast(({ args }) =>
    args.some(({ name }) => name === NAME),
  )?.span
  return {
    value: undefined,
    diagnostics: [
      {
        severity: 'error',
        code: 'dockerfile',
        message: `Cannot use ${NAME} "${text}": it is no number of seconds since 1970`,
        ...(span !== undefined && !request.args.has(NAME) && { span }),
      },
    ],
  }
}
