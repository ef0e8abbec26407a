import type { Diagnostic } from '../base/diagnostic.ts'
import type { TcomposeError } from '../base/tcompose-error.ts'
import type { BuildForecast, BuildStepSummary, ImageBuild } from '../model/build-event.ts'
import type { AttachedIo } from './exec-io.ts'

/** What can be known about builds before they are carried out, which steps of a plan do. */
export interface ImageBuilder {
  /**
   * Returns what a build would do. Changes nothing and asks no registry.
   *
   * @throws {TcomposeError} If it can do nothing, e.g. `dockerfile` or `build-context`.
   */
  forecast(build: ImageBuild, options: ForecastOptions): Promise<BuildForecast>
  /** Reads the Dockerfile of a build. Changes nothing and asks no registry. @throws {TcomposeError} `build-context`. */
  inspect(build: ImageBuild, options: InspectOptions): Promise<BuildInspection>
}

export interface ForecastOptions {
  /** Variables of whoever runs the command: SOURCE_DATE_EPOCH. @default none */
  readonly environment?: ReadonlyMap<string, string> | undefined
  readonly signal?: AbortSignal | undefined
}

export interface InspectOptions extends ForecastOptions {
  /** Report too what can be built, but is likely not what was meant: `build --check`. @default false */
  readonly lint?: boolean
}

/** What is in the Dockerfile of a build. */
export interface BuildInspection {
  readonly diagnostics: readonly Diagnostic[]
  /**
   * References of the images that the target's FROM, COPY --from and mounts name, with arguments expanded, without those
   * that `additional_contexts` replaces.
   */
  readonly images: readonly string[]
  /** What the target needs. Undefined where that depends on an image that is not on this machine, or on a mistake. */
  readonly steps: readonly InspectedStep[] | undefined
}

export interface InspectedStep extends BuildStepSummary {
  /** Ids of the steps whose files it starts from or reads. */
  readonly dependsOn: readonly number[]
}

/** A step of a build that failed, whose files are still there. */
export interface FailedBuildStep {
  readonly build: ImageBuild
  readonly step: BuildStepSummary
  readonly error: TcomposeError
  /**
   * Runs a shell in place of the command: on the files as this left them, with its environment, user, folder, network and
   * mounts. It is the one that the command was given to, or else one that the files have. What it changes is thrown away.
   * Returns its exit code.
   *
   * @throws {TcomposeError} `build-step` if the files have no shell, or it cannot be started.
   */
  shell(io: AttachedIo): Promise<number>
}
