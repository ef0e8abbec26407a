import type { ProjectEnvironment } from '../environment/project-environment.ts'
import { expandTemplate, OPERATION, readExpression } from '../interpolate/expand-template.ts'
import { type VariableOrigin, variableOrigin } from './variable-origin.ts'

/** One variable of a template, and what replaced it. */
export interface ExplainedVariable {
  readonly name: string
  /** As it is written, e.g. `${TAG:-latest}`. */
  readonly expression: string
  readonly value: string
  readonly origin: VariableOrigin
}

/** Returns the variables that the value of `template` was made with, in order; a branch not taken has none. */
export function explainTemplate(
  template: string,
  environment: ProjectEnvironment,
): readonly ExplainedVariable[] {
  const found: ExplainedVariable[] = []
  for (let dollar = template.indexOf('$'); dollar !== -1; ) {
    const expression = readExpression(template, dollar)
    const text = template.slice(dollar, expression.end)
    if (expression.kind === 'variable') found.push(plain(expression.name, text, environment))
    if (expression.kind === 'braced') found.push(...braced(expression.body, text, environment))
    dollar = template.indexOf('$', expression.end)
  }
  return found
}

function plain(name: string, expression: string, environment: ProjectEnvironment): ExplainedVariable {
  const value = environment.variables.get(name) ?? ''
  return { name, expression, value, origin: variableOrigin(name, environment) }
}

function braced(
  body: string,
  expression: string,
  environment: ProjectEnvironment,
): readonly ExplainedVariable[] {
  const [, name, operator, operand = ''] = OPERATION.exec(body) ?? []
  if (name === undefined) return []
  const set = environment.variables.get(name)
  const isPresent = set !== undefined && (set !== '' || operator?.startsWith(':') !== true)
  const takesOperand = operator?.at(-1) === '+' ? isPresent : operator?.at(-1) === '-' && !isPresent
  if (!takesOperand) return [plain(name, expression, environment)]
  const value = expandTemplate(expression, {
    lookup: other => environment.variables.get(other),
    onUnset: () => undefined,
    onProblem: () => undefined,
  })
  const own = { name, expression, value, origin: { kind: 'text', text: operand } as const }
  return [own, ...explainTemplate(operand, environment)]
}
