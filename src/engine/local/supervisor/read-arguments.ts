import { type ProjectName, parseProjectName } from '../../../model/names.ts'
import type { Roots } from '../state/layout.ts'

/** Whose supervisor this process is. */
export interface SupervisorArguments {
  readonly roots: Roots
  readonly project: ProjectName
}

/**
 * Reads `--data D --run R --project P`, in any order.
 *
 * @throws {SyntaxError} If one is missing, unknown or wrong.
 */
export function readArguments(args: readonly string[]): SupervisorArguments {
  const values = new Map<string, string>()
  for (let index = 0; index < args.length; index += 2) {
    const [name = '', value] = args.slice(index, index + 2)
    if (!NAMES.includes(name) || value === undefined) {
      throw new SyntaxError(`Cannot use argument "${name}": expected ${NAMES.join(', ')}, each with a value`)
    }
    values.set(name, value)
  }
  const required = (name: string): string => {
    const value = values.get(name)
    if (value === undefined) throw new SyntaxError(`Cannot start the supervisor: ${name} is missing`)
    return value
  }
  return {
    roots: { data: required('--data'), run: required('--run') },
    project: parseProjectName(required('--project')),
  }
}

const NAMES: readonly string[] = ['--data', '--run', '--project']
