import type { ImageBuild } from '../../../model/build-event.ts'
import type { BuildGraph, BuildStep, TreeRef } from '../../../planner/build/build-graph.ts'
import { LayerSealer } from '../../../store/built/layer-sealer.ts'
import { openLease } from '../../../store/lease.ts'
import type { BuildInspection, InspectedStep } from '../../image-builder.ts'
import type { Roots } from '../state/layout.ts'
import { fetchBase } from './base-images.ts'
import type { DockerfileReader } from './dockerfile-reader.ts'
import { loadBuild } from './load-build.ts'
import { planLoaded } from './plan-loaded.ts'
import { sourcesOf } from './sources-of.ts'
import { summaryOf } from './summary-of.ts'

export interface InspectBuildOptions {
  readonly roots: Roots
  readonly dockerfiles: DockerfileReader
  /** Variables of whoever runs the command. @default none */
  readonly environment?: ReadonlyMap<string, string> | undefined
  readonly signal?: AbortSignal | undefined
  /** @default false */
  readonly lint?: boolean | undefined
}

/**
 * Reads the Dockerfile of a build, and plans it as far as that takes no image of a registry.
 *
 * @throws {TcomposeError} `build-context`, `build-unsupported`.
 */
export async function inspectBuild(
  build: ImageBuild,
  options: InspectBuildOptions,
): Promise<BuildInspection> {
  const { roots, dockerfiles, environment = new Map(), lint = false } = options
  const signal = options.signal ?? new AbortController().signal
  const { dockerfile, diagnostics, named } = await loadBuild(build, {
    ...{ roots, dockerfiles, environment, signal },
  })
  if (dockerfile === undefined) return { diagnostics, images: [], steps: undefined }
  const lints = lint ? await (await dockerfiles.load()).check(dockerfile) : []
  using lease = openLease(roots)
  await using sealer = new LayerSealer()
  const images = new Set<string>()
  const planned = await planLoaded({
    build,
    dockerfile,
    named,
    dockerfiles,
    environment,
    fetch: async needed => {
      images.add(needed.reference)
      return await fetchBase(roots, needed, { policy: 'never', signal, lease, sealer, onProgress: () => {} })
    },
  })
  const found = [...diagnostics, ...lints]
  switch (planned.kind) {
    case 'planned':
      return {
        diagnostics: [...found, ...planned.warnings],
        images: [...images],
        steps: stepsOf(planned.graph),
      }
    case 'invalid':
      return { diagnostics: [...found, ...planned.diagnostics], images: [...images], steps: undefined }
    case 'lacks-image':
      return { diagnostics: found, images: [...images], steps: undefined }
  }
}

function stepsOf({ steps }: BuildGraph): readonly InspectedStep[] {
  return steps.map(step => ({ ...summaryOf(step), dependsOn: dependenciesOf(step) }))
}

function dependenciesOf({ parent, operation }: BuildStep): readonly number[] {
  const ids = [parent, ...sourcesOf(operation)].flatMap((ref: TreeRef) =>
    ref.kind === 'step' ? [ref.id] : [],
  )
  return [...new Set(ids)].sort((a, b) => a - b)
}
