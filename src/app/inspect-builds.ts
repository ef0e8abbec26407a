import type { BuildInspection } from '../engine/engine.ts'
import type { ImageBuild } from '../model/build-event.ts'
import type { AppContext } from './app-context.ts'
import { type FoundBuilds, findBuilds } from './find-builds.ts'
import type { BuildOptions } from './load-builds.ts'
import type { ProjectRequest } from './project-request.ts'

/** What the Dockerfiles of services hold. */
export type InspectedBuilds =
  | Extract<FoundBuilds, { kind: 'invalid' }>
  | (Omit<Extract<FoundBuilds, { kind: 'found' }>, 'kind' | 'builds'> & {
      readonly kind: 'inspected'
      readonly builds: readonly InspectedBuild[]
    })

export interface InspectedBuild {
  readonly build: ImageBuild
  readonly inspection: BuildInspection
}

/** Reads the Dockerfiles of services; with `lint`, looks for what is likely a mistake too. Builds nothing. */
export async function inspectBuilds(
  context: AppContext,
  request: ProjectRequest,
  options: BuildOptions & { readonly lint: boolean },
): Promise<InspectedBuilds> {
  const found = await findBuilds(context, request, options)
  if (found.kind === 'invalid') return found
  const { project, diagnostics } = found
  const builds = await Promise.all(
    found.builds.map(async build => ({
      build,
      inspection: await context.engine.builds.inspect(build, {
        environment: context.environment,
        lint: options.lint,
      }),
    })),
  )
  return { kind: 'inspected', project, builds, diagnostics }
}
