import type { AbsolutePath } from '../../base/absolute-path.ts'
import type { Diagnostic } from '../../base/diagnostic.ts'
import type { LoadPorts, LoadRequest } from '../load-request.ts'
import { displayPath, resolvePath } from '../locate/resolve-path.ts'
import { parseDotenv } from './parse-dotenv.ts'

/** The variables of a project: those of the process, then those of its env files. */
export interface ProjectEnvironment {
  readonly variables: ReadonlyMap<string, string>
  readonly diagnostics: readonly Diagnostic[]
}

/**
 * Reads the env files that the request or `COMPOSE_ENV_FILES` names, else `.env` in the start folder. A later file
 * wins over an earlier one, the process over all.
 */
export function projectEnvironment(request: LoadRequest, ports: LoadPorts): ProjectEnvironment {
  const named = namedEnvFiles(request, ports.environment)
  const base = request.workingDirectory
  if (named === undefined)
    return withDefaultEnvFile({ variables: ports.environment, diagnostics: [] }, startFolder(request), {
      request,
      ports,
    })
  let read = new Map<string, string>()
  const diagnostics: Diagnostic[] = []
  for (const name of named) {
    const file = readEnvFile({ name, path: resolvePath(base, name), required: true }, ports, read)
    read = new Map([...read, ...file.variables])
    diagnostics.push(...file.diagnostics)
  }
  return { variables: new Map([...read, ...ports.environment]), diagnostics }
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
  const file = readEnvFile(
    { name: displayPath(request.workingDirectory, path), path, required: false },
    { files: ports.files, environment: environment.variables },
    new Map(),
  )
  return {
    variables: new Map([...file.variables, ...environment.variables]),
    diagnostics: [...environment.diagnostics, ...file.diagnostics],
  }
}

/** The folder that the request starts from: its project folder, else the working folder. */
export function startFolder({ projectDirectory, workingDirectory }: LoadRequest): AbsolutePath {
  return projectDirectory === undefined ? workingDirectory : resolvePath(workingDirectory, projectDirectory)
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
  return /^(?:1|true|yes|on)$/i.test(environment.get('COMPOSE_DISABLE_ENV_FILE') ?? '')
}

interface EnvFile {
  readonly name: string
  readonly path: AbsolutePath
  readonly required: boolean
}

function readEnvFile(
  file: EnvFile,
  ports: LoadPorts,
  earlier: ReadonlyMap<string, string>,
): ProjectEnvironment {
  const content = ports.files.readText(file.path)
  if (content.kind !== 'text') {
    if (!file.required) return { variables: new Map(), diagnostics: [] }
    const state = content.kind === 'missing' ? 'there is no such file' : content.reason
    const message = `Cannot read env file "${file.name}": ${state}`
    return { variables: new Map(), diagnostics: [{ severity: 'error', code: 'env-file', message }] }
  }
  const lookup = (name: string) => ports.environment.get(name) ?? earlier.get(name)
  const { value, diagnostics } = parseDotenv({ file: file.name, text: content.text, lookup })
  return { variables: value ?? new Map(), diagnostics }
}
