import { type Diagnostic, hasErrors } from '../../../base/diagnostic.ts'
import { TcomposeError } from '../../../base/tcompose-error.ts'
import type { ImageBuild } from '../../../model/build-event.ts'
import type { Dockerfile } from '../../../model/dockerfile.ts'
import { machinePlatform } from '../../../oci/platform.ts'
import type { BuildGraph } from '../../../planner/build/build-graph.ts'
import type { BuildPlanRequest, NamedContext, NeededImage } from '../../../planner/build/build-request.ts'
import { planBuild } from '../../../planner/build/plan-build.ts'
import { sourceDateEpoch } from '../../../planner/build/source-date-epoch.ts'
import type { BuildBase } from './base-images.ts'
import type { DockerfileReader, LoadedDockerfileReader } from './dockerfile-reader.ts'

/** The steps of a build, and the images that they start from. */
export type PlannedBuild =
  | {
      readonly kind: 'planned'
      readonly graph: BuildGraph
      readonly bases: ReadonlyMap<string, BuildBase>
      readonly warnings: readonly Diagnostic[]
      /** SOURCE_DATE_EPOCH: seconds since the epoch. */
      readonly epochSeconds: number | undefined
    }
  | { readonly kind: 'invalid'; readonly diagnostics: readonly Diagnostic[] }
  /** An image is not there, and was not fetched. */
  | { readonly kind: 'lacks-image'; readonly needed: NeededImage }

export interface PlanLoadedOptions {
  readonly build: ImageBuild
  readonly dockerfile: Dockerfile
  readonly named: ReadonlyMap<string, NamedContext>
  readonly dockerfiles: DockerfileReader
  /** Variables of whoever runs the command. */
  readonly environment: ReadonlyMap<string, string>
  /** Returns undefined for an image that is not there, if none is fetched. */
  readonly fetch: (needed: NeededImage) => Promise<BuildBase | undefined>
}

/** Plans a build. What an image triggers may need further images, so they are fetched in rounds. */
export async function planLoaded(options: PlanLoadedOptions): Promise<PlannedBuild> {
  const request = planRequest(options, await options.dockerfiles.load())
  const epoch = sourceDateEpoch(request)
  if (hasErrors(epoch.diagnostics)) return { kind: 'invalid', diagnostics: epoch.diagnostics }
  const bases = new Map<string, BuildBase>()
  for (;;) {
    const planning = planBuild(request, bases)
    if (planning.kind === 'invalid') return planning
    if (planning.kind === 'planned') return { ...planning, bases, epochSeconds: epoch.value }
    const found = await Promise.all(
      planning.images.map(async needed => ({ needed, base: await options.fetch(needed) })),
    )
    for (const { needed, base } of found) {
      if (base === undefined) return { kind: 'lacks-image', needed }
      bases.set(needed.key, base)
    }
  }
}

function planRequest(
  { build: { config }, dockerfile, named, environment }: PlanLoadedOptions,
  { parseTrigger }: LoadedDockerfileReader,
): BuildPlanRequest {
  return {
    dockerfile,
    target: config.target,
    args: withEpoch(config.args, environment),
    labels: config.labels,
    contexts: named,
    platform: machinePlatform(),
    noCache: config.noCache,
    noCacheFilter: config.noCacheFilter,
    network: config.network,
    entitlements: new Set(config.entitlements),
    parseTrigger,
  }
}

/** Returns the first mistake of a Dockerfile as an error that carries all of them. */
export function dockerfileError(diagnostics: readonly Diagnostic[]): TcomposeError {
  const first = diagnostics.find(({ severity }) => severity === 'error')
  if (first === undefined) throw new Error('A Dockerfile without mistakes is no error')
  const { code, message, span, hint } = first
  return new TcomposeError(code, message, {
    ...(span !== undefined && { span }),
    ...(hint !== undefined && { hint }),
    diagnostics,
  })
}

const EPOCH = 'SOURCE_DATE_EPOCH'

/** The variable of whoever runs a build is an argument of it. */
function withEpoch(
  args: ReadonlyMap<string, string>,
  environment: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  const epoch = environment.get(EPOCH)
  return epoch === undefined || args.has(EPOCH) ? args : new Map([...args, [EPOCH, epoch]])
}
