import type { Diagnostic } from '../../base/diagnostic.ts'
import type { CheckDirective, Dockerfile } from '../../model/dockerfile.ts'
import type { Check, CheckKnowledge, Finding } from './checks/check.ts'
import { CHECKS } from './checks/checks.ts'

/**
 * Returns what BuildKit's checks find in a Dockerfile, in the order of the file. `# check=` leaves checks out, asks for
 * experimental ones, or makes them errors. Checks that need to know the context or the base images do what they can
 * without `knowledge`.
 */
export function checkDockerfile(
  dockerfile: Dockerfile,
  knowledge: CheckKnowledge = {},
): readonly Diagnostic[] {
  const severity = dockerfile.check?.failsOnWarning === true ? 'error' : 'warning'
  return CHECKS.filter(check => isWanted(check, dockerfile.check))
    .flatMap(check =>
      check.find(dockerfile, knowledge).map(finding => toDiagnostic(check, finding, severity)),
    )
    .toSorted((a, b) => placeOf(a).line - placeOf(b).line || placeOf(a).column - placeOf(b).column)
}

function isWanted({ name, isExperimental }: Check, directive: CheckDirective | undefined): boolean {
  if (isExperimental === true) return isNamed(name, directive?.experimental)
  return !isNamed(name, directive?.skip)
}

function isNamed(name: string, names: readonly string[] | 'all' = []): boolean {
  return names === 'all' || names.includes(name)
}

function toDiagnostic({ name }: Check, finding: Finding, severity: Diagnostic['severity']): Diagnostic {
  const { message, span, hint, related } = finding
  return {
    severity,
    code: 'dockerfile-check',
    message: `${name}: ${message}`,
    span,
    ...(hint === undefined ? {} : { hint }),
    ...(related === undefined ? {} : { related }),
  }
}

function placeOf({ span }: Diagnostic): { readonly line: number; readonly column: number } {
  return span ?? { line: 0, column: 0 }
}
