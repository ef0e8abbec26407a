import { sha256Hex } from '../../../base/sha256.ts'
import type { BuildOperation } from '../../../planner/build/build-graph.ts'
import { stepDefinition } from '../../../planner/build/step-definition.ts'

/** Returns the definition of a step to write down: it has hashes for values of variables, which may be secret. */
export function hashedDefinition(operation: BuildOperation): string {
  if (operation.kind !== 'run') return stepDefinition(operation)
  return stepDefinition({ ...operation, environment: operation.environment.map(withoutValue) })
}

/** @param variable NAME=VALUE */
function withoutValue(variable: string): string {
  const [name = ''] = variable.split('=', 1)
  return `${name}=${sha256Hex(variable)}`
}
