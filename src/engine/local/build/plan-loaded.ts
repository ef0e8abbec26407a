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
  /** Returns undefined for an image that is not on this machine. Fetches nothing. @default `fetch` fetches nothing */
  readonly find?: (needed: NeededImage) => Promise<BuildBase | undefined>
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
    if (planning.kind === 'invalid') {
      // Nothing is fetched for a Dockerfile that is wrong anyway.
      if (await addFound(bases, planning.lacking ?? [], options.find ?? options.fetch)) continue
      return planning
    }
    if (planning.kind === 'planned') return { ...planning, bases, epochSeconds: epoch.value }
    const absent = await addFetched(bases, planning.images, options.fetch)
    if (absent !== undefined) return { kind: 'lacks-image', needed: absent }
  }
}

/** Adds images, and returns the first that is not there. */
async function addFetched(
  bases: Map<string, BuildBase>,
  images: readonly NeededImage[],
  fetch: PlanLoadedOptions['fetch'],
): Promise<NeededImage | undefined> {
  const found = await Promise.all(images.map(async needed => ({ needed, base: await fetch(needed) })))
  for (const { needed, base } of found) if (base !== undefined) bases.set(needed.key, base)
  return found.find(({ base }) => base === undefined)?.needed
}

/** Adds images that are on this machine, and returns whether those are all, and at least one. */
async function addFound(
  bases: Map<string, BuildBase>,
  lacking: readonly NeededImage[],
  find: PlanLoadedOptions['fetch'],
): Promise<boolean> {
  return lacking.length > 0 && (await addFetched(bases, lacking, find)) === undefined
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
