import { DEFAULT_PATH } from '../../../../runtime/launch/program-candidates.ts'
import { extendEnvironment } from '../../container/process-environment.ts'

/** Where the variables of a command come from: `NAME=value` lines, and its user's home. */
export interface RunEnvironment {
  readonly environment: readonly string[]
  readonly uncachedEnvironment: readonly string[]
  /** Of secrets. */
  readonly secrets: readonly string[]
  readonly home: string
}

/** Returns the variables of a command, the later ones over the earlier. PATH and HOME are a last resort. */
export function runEnvironment(input: RunEnvironment): readonly string[] {
  const { environment, uncachedEnvironment, secrets, home } = input
  const variables = extendEnvironment(environment, [...uncachedEnvironment, ...secrets])
  return [
    ...variables.filter(line => line !== 'HOME='),
    ...(variables.some(line => line.startsWith('PATH=')) ? [] : [`PATH=${DEFAULT_PATH}`]),
    ...(variables.some(line => /^HOME=./.test(line)) ? [] : [`HOME=${home}`]),
  ]
}
