import type { Diagnostic } from '../../base/diagnostic.ts'
import {
  type Entry,
  entriesOf,
  itemsOf,
  type MapNode,
  mapAt,
  type Node,
  scalarAt,
  withEntry,
} from '../document/node.ts'
import { mapItems, update } from '../normalise/update.ts'
import { errorAt, textAt, valueAt } from '../rules/rule-context.ts'
import { inheritValues } from './inherit-values.ts'
import { type Dotenv, parseDotenv } from './parse-dotenv.ts'
import { parseRawEnv } from './parse-raw-env.ts'
import { readVariableFile } from './read-variable-file.ts'
import type { ResolvedService, ServiceFileSources } from './service-file-sources.ts'

/**
 * Folds the `env_file`s of a service into its `environment`, which wins, and gives names without a value the
 * project's, those of its hooks too. A name that the project does not set either stays null.
 */
export function resolveServiceEnvironment(declared: MapNode, sources: ServiceFileSources): ResolvedService {
  const service = resolveHooks(declared, sources.variables)
  const diagnostics: Diagnostic[] = []
  const own = resolveOwn(service, sources.variables)
  const merged = new Map<string, Entry>()
  for (const file of itemsOf(valueAt(service, 'env_file'))) {
    if (file.kind !== 'map') continue
    const { value: values, places } = readEnvFile(file, { sources, own, merged, diagnostics })
    for (const [name, value] of values) {
      const keySpan = places.get(name) ?? file.span
      merged.set(name, { keySpan, value: scalarAt(valueAt(file, 'path') ?? file, value) })
    }
  }
  for (const [name, entry] of own) merged.set(name, entry)
  if (merged.size === 0 && valueAt(service, 'environment') === undefined)
    return { service: withEntry(service, 'env_file', undefined), diagnostics }
  const at: Node = valueAt(service, 'environment') ?? service
  const environment: MapNode = { ...mapAt(at, []), entries: merged }
  return {
    service: withEntry(withEntry(service, 'env_file', undefined), 'environment', environment),
    diagnostics,
  }
}

function resolveHooks(service: MapNode, variables: ReadonlyMap<string, string>): MapNode {
  return HOOKS.reduce(
    (result, key) =>
      update(result, key, hooks =>
        mapItems(hooks, hook => update(hook, 'environment', values => inheritValues(values, variables))),
      ),
    service,
  )
}

const HOOKS = ['pre_start', 'post_start', 'pre_stop']

function resolveOwn(service: MapNode, variables: ReadonlyMap<string, string>): ReadonlyMap<string, Entry> {
  const values = valueAt(service, 'environment')
  return entriesOf(values === undefined ? undefined : inheritValues(values, variables))
}

interface EnvFileContext {
  readonly sources: ServiceFileSources
  readonly own: ReadonlyMap<string, Entry>
  readonly merged: ReadonlyMap<string, Entry>
  readonly diagnostics: Diagnostic[]
}

type Values = Pick<Dotenv, 'value' | 'places'>

const NO_VALUES: Values = { value: new Map(), places: new Map() }

function readEnvFile(file: MapNode, context: EnvFileContext): Values {
  const path = textAt(file, 'path')
  if (path === undefined || path === '') return NO_VALUES
  const format = textAt(file, 'format') ?? ''
  const lookup = (variable: string) =>
    context.sources.variables.get(variable) ??
    textOf(context.own.get(variable)) ??
    textOf(context.merged.get(variable))
  const parse = format === 'raw' ? parseRawEnv : parseDotenv
  const read = readVariableFile(path, { lookup, parse }, context.sources)
  if (read.kind === 'unreadable') {
    if (read.isMissing && textAt(file, 'required') === 'false') return NO_VALUES
    const message = `Cannot read env file "${read.name}": ${read.reason}`
    const hint = 'Create the file, or write the long form with "required: false"'
    context.diagnostics.push(errorAt(valueAt(file, 'path') ?? file, 'env-file', { message, hint }))
    return NO_VALUES
  }
  if (format !== 'raw' && format !== '') {
    const message = `Cannot read env file "${read.name}": its format is "${format}", expected "raw" or none`
    context.diagnostics.push(errorAt(valueAt(file, 'format') ?? file, 'bad-value', { message }))
    return NO_VALUES
  }
  context.diagnostics.push(...read.diagnostics)
  return read
}

function textOf(entry: Entry | undefined): string | undefined {
  return entry?.value.kind === 'scalar' && entry.value.value !== null ? String(entry.value.value) : undefined
}
