import { assertNever } from '../base/assert-never.ts'
import { type Diagnostic, hasErrors } from '../base/diagnostic.ts'
import type { Project } from '../model/project.ts'
import { canonicalAddress } from '../parser/address/canonical-address.ts'
import type { AppContext } from './app-context.ts'
import { type Loaded, loadRequested } from './find-project.ts'
import type { ProjectRequest } from './project-request.ts'
import type { PublishDefault } from './publish-default.ts'
import { withHostBindings } from './with-host-bindings.ts'
import { withKeptIds } from './with-kept-ids.ts'

/** Reads the compose file as `loadRequested` does, and completes what was loaded. */
export async function loadToStart(
  context: AppContext,
  request: ProjectRequest,
  services: readonly string[] = [],
): Promise<Loaded> {
  return await completeToStart(context, request, await loadRequested(context, request, services))
}

/**
 * Gives services the ids of the user where they keep these, and publishes ports where the user wants those without an address. A file
 * with mistakes is looked through for what the host lacks as well, so that one run tells all.
 */
export async function completeToStart(
  context: AppContext,
  request: ProjectRequest,
  found: Loaded,
): Promise<Loaded> {
  const loaded = withPublishDefault(context, request, withKeptIds(context, found))
  return hasErrors(loaded.diagnostics) ? await withDraftProblems(context, request, loaded) : loaded
}

/** Looks for further mistakes in what of a project is good. */
export async function withDraftProblems(
  context: AppContext,
  request: ProjectRequest,
  loaded: Loaded,
): Promise<Loaded> {
  const draft = loaded.project ?? loaded.draft?.()
  if (draft === undefined) return loaded
  const { draftProblems } = await import('./draft-problems.ts')
  const { withoutConsequences } = await import('../parser/diagnostics/without-consequences.ts')
  const found = await draftProblems(context, request, draft)
  return { ...loaded, diagnostics: withoutConsequences([loaded.diagnostics, found]) }
}

/**
 * Gives ports of which the file says no address those that a network names, the one of `request`, or else that of the
 * user's settings.
 */
function withPublishDefault(
  context: Pick<AppContext, 'publishDefault'>,
  { publishDefault }: ProjectRequest,
  found: Loaded,
): Loaded {
  if (found.project === undefined || !hasOpenPorts(found.project)) return found
  const loaded = { ...found, project: withHostBindings(found.project) }
  if (!hasOpenPorts(loaded.project)) return loaded
  const wanted: PublishDefault =
    publishDefault === undefined ? context.publishDefault() : { kind: 'found', address: publishDefault }
  switch (wanted.kind) {
    case 'unfit':
      return { ...loaded, diagnostics: [...loaded.diagnostics, unfitSettings(wanted.reason)] }
    case 'found':
      return wanted.address === undefined
        ? loaded
        : { ...loaded, project: publishedOn(loaded.project, canonicalAddress(wanted.address)) }
    default:
      return assertNever(wanted)
  }
}

function hasOpenPorts({ services }: Project): boolean {
  return [...services.values()].some(({ ports }) => ports.some(({ hostIp }) => hostIp === undefined))
}

function publishedOn(project: Project, address: string): Project {
  const services = [...project.services].map(([name, service]) => {
    const ports = service.ports.map(port => ({ ...port, hostIp: port.hostIp ?? address }))
    return [name, { ...service, ports }] as const
  })
  return { ...project, services: new Map(services) }
}

function unfitSettings(reason: string): Diagnostic {
  return {
    severity: 'error',
    code: 'bad-value',
    message: `Cannot choose an address for ports that have none: ${reason}`,
    hint: 'Correct the setting, or give an address with --publish-default',
  }
}
