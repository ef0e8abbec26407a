import type { ImageBuild } from '../../model/build-event.ts'
import type { ForecastOptions, ImageBuilder, InspectOptions } from '../engine.ts'
import type { DockerfileReader } from './build/dockerfile-reader.ts'
import type { Roots } from './state/layout.ts'

export interface LocalImageBuilderOptions {
  readonly roots: Roots
  readonly dockerfiles: DockerfileReader
}

/** The builds of this machine. */
export function localImageBuilder({ roots, dockerfiles }: LocalImageBuilderOptions): ImageBuilder {
  return {
    forecast: async (build: ImageBuild, { environment, signal }: ForecastOptions) => {
      const { forecastBuild } = await import('./build/forecast-build.ts')
      return await forecastBuild(build, { roots, dockerfiles, environment, signal })
    },
    inspect: async (build: ImageBuild, { environment, lint, signal }: InspectOptions) => {
      const { inspectBuild } = await import('./build/inspect-build.ts')
      return await inspectBuild(build, { roots, dockerfiles, environment, lint, signal })
    },
  }
}
