import { type Diagnostic, hasErrors } from '../base/diagnostic.ts'
import type { ImageBuild } from '../model/build-event.ts'
import type { Project } from '../model/project.ts'
import type { AppContext } from './app-context.ts'
import { type BuildFlags, withBuildFlags } from './build-flags.ts'
import { desiredOf } from './desired-of.ts'
import { loadRequested } from './find-project.ts'
import type { ProjectRequest } from './project-request.ts'

/** Whose images to build, and how. */
export interface BuildOptions {
  /** Empty is all. */
  readonly services: readonly string[]
  /** The images of what they depend on too. */
  readonly withDependencies: boolean
  readonly flags: BuildFlags
}

/** The builds that a request names, or why there are none. */
export type FoundBuilds =
  | { readonly kind: 'invalid'; readonly diagnostics: readonly Diagnostic[] }
  | {
      readonly kind: 'found'
      readonly project: Project
      readonly builds: readonly ImageBuild[]
      readonly diagnostics: readonly Diagnostic[]
    }

/** Returns a build for each service of `options` whose image is built, and for those whose image such a build uses. */
export async function findBuilds(
  context: AppContext,
  request: ProjectRequest,
  { services, withDependencies, flags }: BuildOptions,
): Promise<FoundBuilds> {
  const { project, diagnostics } = await loadRequested(context, request, services)
  if (project === undefined || hasErrors(diagnostics)) return { kind: 'invalid', diagnostics }
  const desired = desiredOf(project, { services, noDeps: !withDependencies, scale: new Map() })
  const names = desired.services.map(({ config }) => config.name)
  const builds = withContexts(project, names).flatMap(name => {
    const service = project.services.get(name)
    if (service?.build === undefined) return []
    const config = withBuildFlags(service.build, flags, context)
    return [{ service: name, image: service.image, platform: service.platform, config }]
  })
  return { kind: 'found', project, builds, diagnostics }
}

/** Returns `names` and the services whose images their builds read, each after those. */
function withContexts({ services }: Project, names: readonly string[]): readonly string[] {
  const ordered = new Set<string>()
  const visited = new Set<string>()
  const visit = (name: string): void => {
    if (visited.has(name)) return
    visited.add(name)
    const contexts = services.get(name)?.build?.additionalContexts.values() ?? []
    for (const context of contexts) if (context.kind === 'service') visit(context.service)
    ordered.add(name)
  }
  for (const name of names) visit(name)
  return [...ordered]
}
