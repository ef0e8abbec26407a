import { parseAbsolutePath } from '../base/absolute-path.ts'
import type { Checked, Diagnostic } from '../base/diagnostic.ts'
import type { ErrorName } from '../base/error-codes.ts'
import type { ProjectName } from '../model/names.ts'
import type { Origins, Project } from '../model/project.ts'
import type { LoadRequest } from '../parser/load-request.ts'
import { projectName } from '../parser/locate/project-name.ts'
import type { AppContext } from './app-context.ts'
import { loadProject } from './load/load-project.ts'
import type { ProjectRequest } from './project-request.ts'

/** A compose file, as far as it could be read. */
export interface Loaded {
  /** Undefined when `diagnostics` hold an error. */
  readonly project: Project | undefined
  readonly diagnostics: readonly Diagnostic[]
  /** Returns what is left of a project without its mistakes, as `LoadedProject` has it. */
  readonly draft?: (() => Project | undefined) | undefined
}

/** Reads and checks the compose file of `request`; `services` are named by the user, which enables their profiles. */
export async function loadRequested(
  context: AppContext,
  request: ProjectRequest,
  services: readonly string[] = [],
): Promise<Loaded> {
  const wanted = toLoadRequest(context, request, services)
  const { value, diagnostics, draft } = await loadProject(wanted, context)
  return { project: value, diagnostics, draft }
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
    ...(request.compatibility && { compatibility: true }),
    ...(request.insecureRegistries?.length && { insecureRegistries: request.insecureRegistries }),
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
 * Finds the project of `request` for a command that works on what exists. A request that names the project and no file
 * needs none. Otherwise the file is read, but what only `up` needs may be missing or refused: keys that this version does
 * not run, sysctls of the host, env files; and if it cannot be loaded at all, the project that was started from it counts.
 */
export async function findProject(
  context: AppContext,
  request: ProjectRequest,
  services: readonly string[] = [],
): Promise<ProjectSearch> {
  const named = request.files.length > 0 ? undefined : requestedName(context, request)
  if (named !== undefined) return foundByName(named)
  const { project, diagnostics } = await loadLeniently(context, request, services)
  if (project !== undefined)
    return { kind: 'found', name: project.name, project, origins: project.origins, diagnostics }
  if (isMisnamed(diagnostics)) return { kind: 'invalid', diagnostics }
  const { findStartedProject } = await import('./find-started-project.ts')
  const started = await findStartedProject(context, toLoadRequest(context, request))
  if (started === undefined) return { kind: 'invalid', diagnostics }
  return {
    ...foundByName({ value: started, diagnostics: [] }),
    diagnostics: [asItRuns(started, diagnostics)],
  }
}

/** Tells whether the file is good and only misses a service that was named to the command, which has no place in it. */
function isMisnamed(diagnostics: readonly Diagnostic[]): boolean {
  const errors = diagnostics.filter(({ severity }) => severity === 'error')
  return errors.every(({ code, span }) => code === 'no-such-service' && span === undefined)
}

function requestedName(
  { environment }: AppContext,
  { projectName: requested }: ProjectRequest,
): Checked<ProjectName> | undefined {
  const variable = environment.get('COMPOSE_PROJECT_NAME') || undefined
  if (requested === undefined && variable === undefined) return undefined
  return projectName({ requested, variable, declared: undefined, folder: parseAbsolutePath('/') })
}

function foundByName({ value: name, diagnostics }: Checked<ProjectName>): ProjectSearch {
  if (name === undefined) return { kind: 'invalid', diagnostics }
  return { kind: 'found', name, project: undefined, origins: new Map(), diagnostics }
}

/** Instead of what is wrong with the file, which `up` and `config` show. */
function asItRuns(name: ProjectName, diagnostics: readonly Diagnostic[]): Diagnostic {
  const [first] = diagnostics.filter(({ severity }) => severity === 'error')
  return {
    severity: 'warning',
    code: first?.code ?? 'file-not-found',
    message: `Using project "${name}" as it was started, since its file cannot be loaded`,
    ...(first?.span === undefined ? {} : { span: first.span }),
    hint: 'Run "tcompose config" to see what is wrong with it',
  }
}

async function loadLeniently(
  context: AppContext,
  request: ProjectRequest,
  services: readonly string[],
): Promise<Loaded> {
  // As `up` loads, so that its memo can be reused here.
  const strict = await loadRequested(context, request, services)
  const isRefused = strict.diagnostics.some(
    ({ code, severity }) => ONLY_TO_START.has(code) || (code === 'env-file' && severity === 'error'),
  )
  const loaded = isRefused ? await loadWithoutNeeds(context, request, services) : strict
  return { ...loaded, diagnostics: loaded.diagnostics.filter(({ code }) => !ONLY_TO_START.has(code)) }
}

/** What keeps a container from being started, but does not affect a running one. */
const ONLY_TO_START: ReadonlySet<ErrorName> = new Set(['unsupported-key', 'host-sysctl'])

/** What runs was started without what is refused, and has its environment. */
async function loadWithoutNeeds(
  context: AppContext,
  request: ProjectRequest,
  services: readonly string[],
): Promise<Loaded> {
  const wanted = toLoadRequest(context, { ...request, allowUnsupported: true }, services)
  const { value, diagnostics } = await loadProject({ ...wanted, leaveOut: ['environment'] }, context)
  return { project: value, diagnostics }
}
