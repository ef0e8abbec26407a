import { type AbsolutePath, parseAbsolutePath } from '../../base/absolute-path.ts'
import type { Diagnostic } from '../../base/diagnostic.ts'
import { type Entry, itemsOf, type MapNode, mapAt, type Node, scalarAt, withEntry } from '../document/node.ts'
import type { FileSource } from '../load-request.ts'
import { displayPath } from '../locate/resolve-path.ts'
import { entriesAt, errorAt, textAt, valueAt } from '../rules/rule-context.ts'
import { parseDotenv, parseRawEnv } from './parse-dotenv.ts'

/** What the environment of services is made from. */
export interface EnvironmentSources {
  readonly files: FileSource
  /** The project's variables. */
  readonly variables: ReadonlyMap<string, string>
  readonly workingDirectory: AbsolutePath
}

/** A service whose `environment` holds all that its container gets. */
export interface ResolvedService {
  readonly service: MapNode
  readonly diagnostics: readonly Diagnostic[]
}

/**
 * Folds the `env_file`s of a service into its `environment`, which wins, and gives names without a value the
 * project's. A name that the project does not set either stays null.
 */
export function resolveServiceEnvironment(service: MapNode, sources: EnvironmentSources): ResolvedService {
  const diagnostics: Diagnostic[] = []
  const own = resolveOwn(service, sources.variables)
  const merged = new Map<string, Entry>()
  for (const file of itemsOf(valueAt(service, 'env_file'))) {
    if (file.kind !== 'map') continue
    for (const [name, value] of readEnvFile(file, { sources, own, merged, diagnostics })) {
      merged.set(name, { keySpan: file.span, value: scalarAt(valueAt(file, 'path') ?? file, value) })
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

function resolveOwn(service: MapNode, variables: ReadonlyMap<string, string>): ReadonlyMap<string, Entry> {
  return new Map(
    [...entriesAt(service, 'environment')].map(([name, entry]) => {
      const inherited = variables.get(name)
      const isOpen = entry.value.kind === 'scalar' && entry.value.value === null
      const value = isOpen && inherited !== undefined ? scalarAt(entry.value, inherited) : entry.value
      return [name, { keySpan: entry.keySpan, value }] as const
    }),
  )
}

interface EnvFileContext {
  readonly sources: EnvironmentSources
  readonly own: ReadonlyMap<string, Entry>
  readonly merged: ReadonlyMap<string, Entry>
  readonly diagnostics: Diagnostic[]
}

function readEnvFile(file: MapNode, context: EnvFileContext): ReadonlyMap<string, string> {
  const path = textAt(file, 'path')
  if (path === undefined || !path.startsWith('/')) return new Map()
  const name = displayPath(context.sources.workingDirectory, parseAbsolutePath(path))
  const content = context.sources.files.readText(path)
  if (content.kind !== 'text') {
    if (content.kind === 'missing' && textAt(file, 'required') === 'false') return new Map()
    const state = content.kind === 'missing' ? 'there is no such file' : content.reason
    context.diagnostics.push(unreadable(file, `Cannot read env file "${name}": ${state}`))
    return new Map()
  }
  const format = textAt(file, 'format') ?? ''
  if (format === 'raw') return parseRawEnv(content.text)
  if (format !== '') {
    context.diagnostics.push(
      errorAt(valueAt(file, 'format') ?? file, 'bad-value', {
        message: `Cannot read env file "${name}": its format is "${format}", expected "raw" or none`,
      }),
    )
    return new Map()
  }
  const lookup = (variable: string) =>
    context.sources.variables.get(variable) ??
    textOf(context.own.get(variable)) ??
    textOf(context.merged.get(variable))
  const { value, diagnostics } = parseDotenv({ file: name, text: content.text, lookup })
  context.diagnostics.push(...diagnostics)
  return value ?? new Map()
}

function unreadable(file: MapNode, message: string): Diagnostic {
  return errorAt(valueAt(file, 'path') ?? file, 'env-file', {
    message,
    hint: 'Create the file, or write the long form with "required: false"',
  })
}

function textOf(entry: Entry | undefined): string | undefined {
  return entry?.value.kind === 'scalar' && entry.value.value !== null ? String(entry.value.value) : undefined
}
