import type { Diagnostic } from '../../base/diagnostic.ts'
import type { PlatformName } from '../../model/platform.ts'
import type { BuildPlanRequest } from './build-request.ts'
import { expandWord } from './expand-word.ts'
import { about, diagnosticOf } from './instruction-error.ts'

/** Values by name; in the order in which the names came up first. */
export type Variables = ReadonlyMap<string, string>

/** The variables that FROM sees: those that every build has, and each ARG before the first FROM. */
export interface GlobalScope {
  readonly variables: Variables
  readonly diagnostics: readonly Diagnostic[]
}

/** Reads the arguments of `request` that belong to no stage. Values that the request has win over those written. */
export function globalScope(request: BuildPlanRequest): GlobalScope {
  const { args, dockerfile } = request
  const variables = new Map(platformArguments(request))
  const diagnostics: Diagnostic[] = []
  for (const { args: declared, span } of dockerfile.globalArgs) {
    try {
      for (const { name, value: word } of declared) {
        const value =
          args.get(name) ??
          (word && about(word, () => expandWord(word.text, key => variables.get(key), dockerfile.escape)))
        if (value !== undefined) variables.set(name, value)
      }
    } catch (error) {
      diagnostics.push(diagnosticOf(error, span))
    }
  }
  return { variables, diagnostics }
}

/** The build runs where its image will, so both platforms are the same. */
function platformArguments({ platform, target, args, dockerfile }: BuildPlanRequest): Variables {
  const stage = target ?? dockerfile.stages.at(-1)?.from.name?.text.toLowerCase()
  const values = new Map([
    ...platformParts('BUILD', platform),
    ...platformParts('TARGET', platform),
    ['TARGETSTAGE', stage === undefined || stage === '' ? 'default' : stage] as const,
  ])
  return new Map([...values].map(([name, value]) => [name, args.get(name) ?? value]))
}

function platformParts(prefix: string, platform: PlatformName): readonly (readonly [string, string])[] {
  const [os = '', architecture = '', variant = ''] = platform.split('/')
  return [
    [`${prefix}PLATFORM`, platform],
    [`${prefix}OS`, os],
    [`${prefix}OSVERSION`, ''],
    [`${prefix}ARCH`, architecture],
    [`${prefix}VARIANT`, variant],
  ]
}
