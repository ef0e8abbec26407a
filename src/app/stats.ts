import type { Diagnostic } from '../base/diagnostic.ts'
import { isNamed } from '../base/named-services.ts'
import type { ContainerUsage } from '../engine/engine.ts'
import type { ObservedContainer } from '../model/observed-state.ts'
import type { AppContext } from './app-context.ts'
import { findProject } from './find-project.ts'
import type { ProjectRequest } from './project-request.ts'

/** Which containers are looked at. */
export interface StatsOptions {
  /** Empty is all. */
  readonly services: readonly string[]
  /** Those that do not run too. */
  readonly all: boolean
}

/** A container, and what it uses; undefined of one that does not run. */
export interface StatsSample {
  readonly container: ObservedContainer
  readonly usage: ContainerUsage | undefined
}

/** `sample` looks at the containers that there are by then, sorted by name. */
export type StatsResult =
  | { readonly kind: 'invalid'; readonly diagnostics: readonly Diagnostic[] }
  | { readonly kind: 'found'; readonly sample: () => Promise<readonly StatsSample[]> }

/** Returns what measures the containers of a project, again and again. */
export async function stats(
  context: AppContext,
  request: ProjectRequest,
  { services, all }: StatsOptions,
): Promise<StatsResult> {
  const found = await findProject(context, request, services)
  if (found.kind === 'invalid') return found
  const { engine } = context
  const sample = async (): Promise<readonly StatsSample[]> => {
    const { containers, oneOffs = [] } = await engine.observe(found.name, [])
    const wanted = [...containers, ...oneOffs]
      .filter(({ service }) => isNamed(services, service))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    const samples = await Promise.all(
      wanted.map(async container => ({
        container,
        usage: await engine.containers.usage(found.name, container.id),
      })),
    )
    return samples.filter(({ usage }) => all || usage !== undefined)
  }
  return { kind: 'found', sample }
}
