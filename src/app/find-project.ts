import { parseAbsolutePath } from '../base/absolute-path.ts'
import type { Diagnostic } from '../base/diagnostic.ts'
import type { ErrorName } from '../base/error-codes.ts'
import { type ProjectName, parseProjectName } from '../model/names.ts'
import type { Origins, Project } from '../model/project.ts'
import type { LoadRequest } from '../parser/load-request.ts'
import type { Loaded } from './app.ts'
import type { AppContext } from './app-context.ts'
import { loadProject } from './load/load-project.ts'
import type { ProjectRequest } from './project-request.ts'

/** Reads and checks the compose file of `request`; `services` are named by the user, which enables their profiles. */
export async function loadRequested(
  context: AppContext,
  request: ProjectRequest,
  services: readonly string[] = [],
): Promise<Loaded> {
  const wanted = toLoadRequest(context, request, services)
  const { value, diagnostics } = await loadProject(wanted, context, context.memo)
  return { project: value, diagnostics }
}

/** Returns `request` in the parser's terms. */
export function toLoadRequest(
  { workingDirectory }: AppContext,
  request: ProjectRequest,
  services: readonly string[] = [],
): LoadRequest {
  return {
    files: request.files.length > 0 ? request.files : undefined,
    projectDirectory: request.projectDirectory,
    projectName: request.projectName,
    profiles: request.profiles.length > 0 ? request.profiles : undefined,
    envFiles: request.envFiles.length > 0 ? request.envFiles : undefined,
    workingDirectory: parseAbsolutePath(workingDirectory),
    services,
    allowUnsupported: request.allowUnsupported,
  }
}

/** A project that a command works on, with its file where there is one. */
export interface FoundProject {
  readonly name: ProjectName
  readonly project: Project | undefined
  readonly origins: Origins
  readonly diagnostics: readonly Diagnostic[]
}

export type ProjectSearch =
  | { readonly kind: 'invalid'; readonly diagnostics: readonly Diagnostic[] }
  | ({ readonly kind: 'found' } & FoundProject)

/**
 * Finds the project of `request`. A command that works on what exists needs no file if the request names the project,
 * and does not mind what this version does not run: what runs was started without it.
 */
export async function findProject(
  context: AppContext,
  request: ProjectRequest,
  services: readonly string[] = [],
): Promise<ProjectSearch> {
  const { project, diagnostics } = await loadLeniently(context, request, services)
  if (project !== undefined)
    return { kind: 'found', name: project.name, project, origins: project.origins, diagnostics }
  const named = request.projectName ?? context.environment.get('COMPOSE_PROJECT_NAME')
  const isFileMissing =
    diagnostics.some(({ code }) => code === 'file-not-found') && request.files.length === 0
  if (named === undefined || !isFileMissing) return { kind: 'invalid', diagnostics }
  return {
    kind: 'found',
    name: parseProjectName(named),
    project: undefined,
    origins: new Map(),
    diagnostics: [],
  }
}

async function loadLeniently(
  context: AppContext,
  request: ProjectRequest,
  services: readonly string[],
): Promise<Loaded> {
  // As `up` loads, so that what that one has remembered is of use here.
  const strict = await loadRequested(context, request, services)
  const isRefused = strict.diagnostics.some(({ code }) => ONLY_TO_START.has(code))
  const loaded = isRefused
    ? await loadRequested(context, { ...request, allowUnsupported: true }, services)
    : strict
  return { ...loaded, diagnostics: loaded.diagnostics.filter(({ code }) => !ONLY_TO_START.has(code)) }
}

/** What keeps a container from being started, and is nothing to one that runs. */
const ONLY_TO_START: ReadonlySet<ErrorName> = new Set(['unsupported-key', 'host-sysctl'])
