import type { Diagnostic } from '../../base/diagnostic.ts'
import { didYouMean } from '../../base/did-you-mean.ts'
import { PLATFORM_ARGUMENTS } from '../../model/dockerfile-names.ts'
import { compareText } from '../canonical-json.ts'
import type { BuildPlanRequest } from './build-request.ts'
import type { StageCommand } from './needed-stages.ts'
import { isProxyArgument } from './proxy-environment.ts'

/** Those that do their work without an ARG. */
const SETTINGS = /^(?:BUILDKIT_\w+|SOURCE_DATE_EPOCH)$/

/** Warns of arguments of a build that no ARG declares: they do nothing. */
export function unusedArguments(
  { dockerfile, args }: BuildPlanRequest,
  commands: ReadonlyMap<number, readonly StageCommand[]>,
): readonly Diagnostic[] {
  const instructions = [
    ...dockerfile.globalArgs,
    ...dockerfile.stages.flatMap(stage => stage.instructions),
    ...[...commands.values()].flat().map(({ instruction }) => instruction),
  ]
  const declared = new Set(
    instructions.flatMap(part => (part.kind === 'arg' ? part.args.map(({ name }) => name) : [])),
  )
  const unused = [...args.keys()].filter(name => !declared.has(name) && !isSetting(name))
  return unused.toSorted(compareText).map(name => warningOf(name, declared))
}

function isSetting(name: string): boolean {
  return SETTINGS.test(name) || PLATFORM_ARGUMENTS.includes(name) || isProxyArgument(name)
}

function warningOf(name: string, declared: ReadonlySet<string>): Diagnostic {
  const hint = didYouMean(name, declared)
  return {
    severity: 'warning',
    code: 'no-effect-key',
    message: `Build argument "${name}" has no effect: no ARG of the Dockerfile declares it`,
    ...(hint !== undefined && { hint }),
  }
}
