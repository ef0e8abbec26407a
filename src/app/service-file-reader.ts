import { assertNever } from '../base/assert-never.ts'
import { type Millis, millisOf } from '../base/millis.ts'
import { once } from '../base/once.ts'
import { TcomposeError } from '../base/tcompose-error.ts'
import type { Project } from '../model/project.ts'
import { type ServiceFile, serviceFileLabel } from '../model/service-file.ts'
import type { AppContext } from './app-context.ts'
import type { Content } from './content-reader.ts'
import { loadRequested } from './find-project.ts'
import type { ProjectRequest } from './project-request.ts'
import { projectVariables } from './project-variables.ts'

/** How long a program may take to give a secret, unless the file says otherwise. */
const TIMEOUT: Millis = millisOf(10_000)

/** The project whose secrets and configs are read. */
export interface FilesOfProject {
  readonly request: ProjectRequest
  /** Undefined where it is known by name alone. */
  readonly project: Project | undefined
  readonly signal?: AbortSignal | undefined
}

/** Returns the content of a secret or config; each is read once. */
export type ReadServiceFile = (file: ServiceFile) => Promise<Uint8Array>

/** Returns what reads secrets and configs. It rejects with a `TcomposeError` `service-file` for what cannot be read. */
export function serviceFileReader(context: AppContext, of: FilesOfProject): ReadServiceFile {
  const known = new Map<string, Promise<Content>>()
  const variables = once(async () => {
    const { request, project } = of
    return project === undefined ? context.environment : await projectVariables(context, request, project)
  })
  // A load that is remembered may not have the content.
  const declaring = once(async () => {
    const { project } = await loadRequested(
      { ...context, memo: undefined },
      { ...of.request, profiles: ['*'] },
    )
    return project
  })
  return async file => {
    const label = serviceFileLabel(file)
    const content = known.get(label) ?? read({ context, of, variables, declaring }, file)
    known.set(label, content)
    const found = await content
    if (found.kind === 'read') return found.bytes
    throw new TcomposeError('service-file', `Cannot read ${label}${placeOf(file)}: ${found.reason}`, {
      origin: file.origin,
      ...(found.hint !== undefined && { hint: found.hint }),
    })
  }
}

interface Reading {
  readonly context: AppContext
  readonly of: FilesOfProject
  readonly variables: () => Promise<ReadonlyMap<string, string>>
  /** The project with all that its file holds. */
  readonly declaring: () => Promise<Project | undefined>
}

async function read({ context, of, variables, declaring }: Reading, file: ServiceFile): Promise<Content> {
  const { source } = file
  switch (source.kind) {
    case 'file':
      return context.contents.readFile(source.path)
    case 'environment': {
      // The process wins over files, which are read only for what it does not set.
      const value = context.environment.get(source.variable) ?? (await variables()).get(source.variable)
      return value === undefined ? unsetVariable(source.variable) : readText(value)
    }
    case 'inline': {
      const content = source.content ?? declaredContent(await declaring(), file)
      return content === undefined ? onlyInFile() : readText(content)
    }
    case 'external':
      return await context.contents.readExternal(file.kind, source.name)
    case 'command':
      return await context.contents.run({
        argv: source.argv,
        folder: of.project?.workingDir ?? context.workingDirectory,
        environment: await variables(),
        timeout: source.timeout ?? TIMEOUT,
        signal: of.signal,
      })
    default:
      return assertNever(source)
  }
}

function readText(text: string): Content {
  return { kind: 'read', bytes: new TextEncoder().encode(text) }
}

function unsetVariable(variable: string): Content {
  const hint = `Set ${variable} in the environment or in the file .env`
  return { kind: 'unreadable', reason: `the variable ${variable} is not set`, hint }
}

function declaredContent(project: Project | undefined, { kind, key }: ServiceFile): string | undefined {
  const files = [...(project?.services.values() ?? [])].flatMap(({ files = [] }) => files)
  const declared = files.find(file => file.kind === kind && file.key === key)
  return declared?.source.kind === 'inline' ? declared.source.content : undefined
}

function onlyInFile(): Content {
  const hint = 'Run the command where the Compose file is found, or name it with -f'
  return { kind: 'unreadable', reason: 'its content is in the Compose file, which was not read', hint }
}

function placeOf({ source }: ServiceFile): string {
  switch (source.kind) {
    case 'file':
      return ` from "${source.path}"`
    case 'command':
      return ` from the command "${source.argv[0]}"`
    default:
      return ''
  }
}
