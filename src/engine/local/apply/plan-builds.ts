import type { ImageBuild } from '../../../model/build-event.ts'
import type { Step } from '../../../planner/plan.ts'
import type { Lease } from '../../../store/lease.ts'
import type { ExecuteOptions } from '../../engine.ts'
import type { BuildSession } from '../build/build-session.ts'
import type { DockerfileReader } from '../build/dockerfile-reader.ts'
import type { EnginePrograms } from '../host/engine-programs.ts'
import type { Roots } from '../state/layout.ts'

/** What the builds of a plan are carried out with. */
export interface PlanBuildsOptions {
  readonly roots: Roots
  readonly programs: EnginePrograms
  readonly dockerfiles: DockerfileReader
  readonly lease: Lease
  readonly options: ExecuteOptions
}

/** The builds of one plan. They share a session, which is opened by the first. */
export class PlanBuilds implements AsyncDisposable {
  readonly #options: PlanBuildsOptions
  #session: Promise<BuildSession> | undefined

  constructor(options: PlanBuildsOptions) {
    this.#options = options
  }

  /** Builds the image of `step`. @throws {TcomposeError} As `buildImage`. */
  async build(step: Step, build: ImageBuild): Promise<void> {
    const { programs, dockerfiles, options } = this.#options
    const { signal, onEvent, environment = new Map(), onFailedBuildStep } = options
    const { buildImage } = await import('../build/build-image.ts')
    await buildImage(build, {
      session: await this.#open(),
      programs,
      dockerfiles,
      environment,
      signal,
      onEvent: event => onEvent({ kind: 'build', step, event }),
      onFailedStep: onFailedBuildStep,
    })
  }

  /** Keeps what steps have made. */
  async [Symbol.asyncDispose](): Promise<void> {
    const session = await this.#session
    await session?.[Symbol.asyncDispose]()
  }

  #open(): Promise<BuildSession> {
    const { roots, lease } = this.#options
    this.#session ??= (async () => {
      const { BuildSession } = await import('../build/build-session.ts')
      return new BuildSession(roots, lease)
    })()
    return this.#session
  }
}
