import type { BuildConfig } from '../../src/model/build.ts'
import type { BuildStepSummary, ImageBuild } from '../../src/model/build-event.ts'
import type { Step } from '../../src/planner/plan.ts'
import { aBuildConfig } from './build-config.ts'
import { aStep } from './plan-builders.ts'

/** Returns the build of `shop-<service>`. */
export function anImageBuild(service: string, config: Partial<BuildConfig> = {}): ImageBuild {
  return { service, image: `shop-${service}`, platform: undefined, config: aBuildConfig(config) }
}

/** Returns a step that builds `shop-<service>`. */
export function aBuildStep(id: number, service: string): Step {
  return aStep(id, { kind: 'build-image', build: anImageBuild(service) })
}

/** Returns the step `text`, at its own line, as the `position`th of `count` steps of its stage. */
export function aBuildStepSummary(
  id: number,
  text: string,
  { stage = 'stage-0', position = id + 1, count = 3 }: Partial<BuildStepSummary> = {},
): BuildStepSummary {
  const span = { file: 'Dockerfile', line: id, column: 1, endLine: id, endColumn: text.length + 1 }
  return { id, stage, position, count, text, span }
}
