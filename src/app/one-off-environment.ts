import type { Diagnostic } from '../base/diagnostic.ts'
import type { Project } from '../model/project.ts'
import type { AppContext } from './app-context.ts'
import type { ProjectRequest } from './project-request.ts'
import { projectVariables } from './project-variables.ts'

/** Where the variables of a one-off come from beside its service. */
export interface EnvironmentOptions {
  /** `NAME=value`; a `NAME` alone has the value of the project's variable, and says nothing where there is none. */
  readonly environment: readonly string[]
  /** Files in the dotenv grammar, relative to the working directory; what is given one by one goes first. */
  readonly environmentFiles: readonly string[]
}

/** Variables to set, and what is wrong with their files. */
export interface OneOffEnvironment {
  readonly variables: ReadonlyMap<string, string>
  readonly diagnostics: readonly Diagnostic[]
}

/** Reads the variables of a one-off. Parts of the parser are loaded only for what needs them. */
export async function oneOffEnvironment(
  context: AppContext,
  { environment, environmentFiles }: EnvironmentOptions,
  { request, project }: { readonly request: ProjectRequest; readonly project: Project },
): Promise<OneOffEnvironment> {
  const isSelfContained = environmentFiles.length === 0 && environment.every(line => line.includes('='))
  const known = isSelfContained
    ? new Map<string, string>()
    : await projectVariables(context, request, project)
  const given = new Map(environment.flatMap(line => variableOf(line, known)))
  if (environmentFiles.length === 0) return { variables: given, diagnostics: [] }
  const files = await readFiles(context, environmentFiles, known)
  return { variables: new Map([...files.variables, ...given]), diagnostics: files.diagnostics }
}

function variableOf(
  line: string,
  known: ReadonlyMap<string, string>,
): readonly (readonly [string, string])[] {
  const at = line.indexOf('=')
  const value = at < 0 ? known.get(line) : line.slice(at + 1)
  return value === undefined ? [] : [[at < 0 ? line : line.slice(0, at), value]]
}

/** What a later file says replaces what an earlier one does. */
async function readFiles(
  { files, workingDirectory }: AppContext,
  paths: readonly string[],
  known: ReadonlyMap<string, string>,
): Promise<OneOffEnvironment> {
  const { parseDotenv } = await import('../parser/environment/parse-dotenv.ts')
  const variables = new Map<string, string>()
  const diagnostics: Diagnostic[] = []
  for (const file of paths) {
    const content = files.readText(file.startsWith('/') ? file : `${workingDirectory}/${file}`, 'named')
    if (content.kind !== 'text') {
      const state = content.kind === 'missing' ? 'there is no such file' : content.reason
      diagnostics.push({ severity: 'error', code: 'env-file', message: `Cannot read "${file}": ${state}` })
      continue
    }
    const read = parseDotenv({ file, text: content.text, lookup: name => known.get(name) })
    diagnostics.push(...read.diagnostics)
    for (const [name, value] of read.value) variables.set(name, value)
  }
  return { variables, diagnostics }
}
