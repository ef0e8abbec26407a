import { isObject, objectIn } from '../../base/json-reader.ts'
import type { Provider, ProviderCommand } from '../../model/provider.ts'

/** Which options a provider takes, by command; it need not have every command. */
export type ProviderMetadata = Readonly<Partial<Record<ProviderCommand, readonly ProviderParameter[]>>>

/** An option of a provider. */
export interface ProviderParameter {
  readonly name: string
  readonly isRequired: boolean
}

const COMMANDS: readonly ProviderCommand[] = ['up', 'down', 'stop']

/** Reads what `compose metadata` of a provider writes; undefined for a provider that describes nothing. */
export function parseMetadata(text: string): ProviderMetadata | undefined {
  const read = objectIn(text)
  if (read === undefined) return undefined
  const described = COMMANDS.flatMap(command => {
    const part = read[command]
    return isObject(part) ? [[command, parametersOf(part['parameters'])] as const] : []
  })
  return described.length === 0 ? undefined : Object.fromEntries(described)
}

function parametersOf(value: unknown): readonly ProviderParameter[] {
  if (!Array.isArray(value)) return []
  return value.flatMap((item: unknown): readonly ProviderParameter[] =>
    isObject(item) && typeof item['name'] === 'string'
      ? [{ name: item['name'], isRequired: item['required'] === true }]
      : [],
  )
}

/** The options for a command, and what is wrong with those of the file. */
export interface CheckedOptions {
  /** `--name=value`. */
  readonly args: readonly string[]
  /** Required ones that the file does not have. */
  readonly missing: readonly string[]
  /** Those that no command of the provider takes. */
  readonly unknown: readonly string[]
}

/** Chooses the options of `provider` that `command` takes: all, where it does not describe them. */
export function checkOptions(
  { options }: Provider,
  command: ProviderCommand,
  metadata: ProviderMetadata | undefined,
): CheckedOptions {
  const parameters = metadata?.[command] ?? []
  const takes = (name: string): boolean =>
    metadata === undefined || parameters.some(parameter => parameter.name === name)
  const known = new Set(Object.values(metadata ?? {}).flatMap(list => list.map(({ name }) => name)))
  return {
    args: [...options].flatMap(([name, values]) =>
      takes(name) ? values.map(value => `--${name}=${value}`) : [],
    ),
    missing: parameters
      .filter(({ name, isRequired }) => isRequired && !options.has(name))
      .map(({ name }) => name),
    unknown: metadata === undefined ? [] : [...options.keys()].filter(name => !known.has(name)),
  }
}
