import type { AbsolutePath } from '../../base/absolute-path.ts'
import type { Diagnostic } from '../../base/diagnostic.ts'
import type { SourceSpan } from '../../base/source-span.ts'
import type { LoadPorts, LoadRequest } from '../load-request.ts'
import { isRemoteAddress } from '../locate/is-remote-address.ts'
import { displayPath, parentFolder, resolvePath } from '../locate/resolve-path.ts'
import { isTrueText } from './is-true-text.ts'
import { overlayVariables } from './overlay-variables.ts'
import { parseDotenv } from './parse-dotenv.ts'

/** The variables of a project: those of the process, then those of its env files. */
export interface ProjectEnvironment {
  readonly variables: ReadonlyMap<string, string>
  /** Where they come from, the strongest first: the first source that sets a name wins. */
  readonly sources: readonly VariableSource[]
  readonly diagnostics: readonly Diagnostic[]
}

/** One place that variables come from. */
export type VariableSource =
  /** The environment of the process. */
  | { readonly kind: 'process'; readonly values: ReadonlyMap<string, string> }
  | EnvFileSource
  /** Set by tcompose itself: `PWD` and `COMPOSE_PROJECT_NAME`. */
  | { readonly kind: 'project'; readonly values: ReadonlyMap<string, string> }

/** A file of variables, `.env` included. */
export interface EnvFileSource {
  readonly kind: 'env-file'
  /** The path as the user would name it. */
  readonly file: string
  readonly values: ReadonlyMap<string, string>
  readonly places: ReadonlyMap<string, SourceSpan>
}

/**
 * Reads the env files that the request or `COMPOSE_ENV_FILES` names, else `.env` in the start folder. A later file
 * wins over an earlier one, the process over all.
 */
export function projectEnvironment(request: LoadRequest, ports: LoadPorts): ProjectEnvironment {
  const named = namedEnvFiles(request, ports.environment)
  const own = processEnvironment(ports.environment)
  if (named === undefined) return withDefaultEnvFile(own, startFolder(request), { request, ports })
  const paths = named.map(name => ({
    name,
    path: resolvePath(request.workingDirectory, name),
    required: true,
  }))
  return withEnvFiles(own, paths, ports)
}

/** Adds the `.env` of `folder`, unless env files were named or it is switched off. What is set already stays. */
export function withDefaultEnvFile(
  environment: ProjectEnvironment,
  folder: AbsolutePath,
  { request, ports }: { readonly request: LoadRequest; readonly ports: LoadPorts },
): ProjectEnvironment {
  if (namedEnvFiles(request, ports.environment) !== undefined || isDisabled(ports.environment))
    return environment
  const path = resolvePath(folder, '.env')
  const name = displayPath(request.workingDirectory, path)
  return withEnvFiles(environment, [{ name, path, required: false }], ports)
}

/**
 * The folder that the request starts from: its project folder, else that of its first file, else the working folder.
 * Standard input is in no folder, and what is on another machine in none of this one.
 */
export function startFolder({ projectDirectory, files, workingDirectory }: LoadRequest): AbsolutePath {
  if (projectDirectory !== undefined) return resolvePath(workingDirectory, projectDirectory)
  const first = files?.find(name => name !== '-')
  return first === undefined || isRemoteAddress(first)
    ? workingDirectory
    : parentFolder(resolvePath(workingDirectory, first))
}

/** A file of variables to read. */
export interface EnvFile {
  /** The path as the user would name it. */
  readonly name: string
  readonly path: AbsolutePath
  /** False: it need not be there, and a folder of its name is none. */
  readonly required: boolean
  /** Where it is asked for, if that is a file. */
  readonly span?: SourceSpan
}

/** Adds `files`, of which a later one wins. What `environment` sets stays, and a file may use it. */
export function withEnvFiles(
  environment: ProjectEnvironment,
  files: readonly EnvFile[],
  ports: LoadPorts,
): ProjectEnvironment {
  const added: EnvFileSource[] = []
  const diagnostics = [...environment.diagnostics]
  const earlier = new Map<string, string>()
  for (const file of files) {
    const lookup = (name: string) => environment.variables.get(name) ?? earlier.get(name)
    const source = readEnvFile(file, { ports, lookup, diagnostics })
    if (source === undefined) continue
    added.unshift(source)
    for (const [name, value] of source.values) earlier.set(name, value)
  }
  return {
    variables: overlayVariables(environment.variables, earlier),
    sources: [...environment.sources, ...added],
    diagnostics,
  }
}

/** Adds what tcompose sets itself where nobody else does. */
export function withProjectVariables(
  environment: ProjectEnvironment,
  values: ReadonlyMap<string, string>,
): ProjectEnvironment {
  return {
    ...environment,
    variables: overlayVariables(environment.variables, values),
    sources: [...environment.sources, { kind: 'project', values }],
  }
}

function processEnvironment(values: ReadonlyMap<string, string>): ProjectEnvironment {
  return { variables: values, sources: [{ kind: 'process', values }], diagnostics: [] }
}

function namedEnvFiles(
  request: LoadRequest,
  environment: ReadonlyMap<string, string>,
): readonly string[] | undefined {
  if (request.envFiles !== undefined && request.envFiles.length > 0) return request.envFiles
  const variable = environment.get('COMPOSE_ENV_FILES')
  return variable === undefined || variable === '' ? undefined : variable.split(',')
}

function isDisabled(environment: ReadonlyMap<string, string>): boolean {
  return isTrueText(environment.get('COMPOSE_DISABLE_ENV_FILE'))
}

interface EnvFileReading {
  readonly ports: LoadPorts
  readonly lookup: (name: string) => string | undefined
  readonly diagnostics: Diagnostic[]
}

function readEnvFile(
  file: EnvFile,
  { ports, lookup, diagnostics }: EnvFileReading,
): EnvFileSource | undefined {
  const isNamed = file.required && file.span === undefined
  const content = ports.files.readText(file.path, isNamed ? 'named' : 'found')
  if (content.kind !== 'text') {
    if (!file.required && (content.kind === 'missing' || content.isFolder)) return undefined
    const state = content.kind === 'missing' ? 'there is no such file' : content.reason
    const message = `Cannot read env file "${file.name}": ${state}`
    const span = file.span === undefined ? {} : { span: file.span }
    diagnostics.push({ severity: 'error', code: 'env-file', message, ...span })
    return undefined
  }
  const parsed = parseDotenv({ file: file.name, text: content.text, lookup })
  diagnostics.push(...parsed.diagnostics)
  return { kind: 'env-file', file: file.name, values: parsed.value, places: parsed.places }
}
