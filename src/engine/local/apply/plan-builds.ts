import { TcomposeError } from '../../../base/tcompose-error.ts'
import type { ImageBuild } from '../../../model/build-event.ts'
import { machinePlatform } from '../../../oci/platform.ts'
import { foreignBuilds } from '../../../planner/foreign-builds.ts'
import type { Step } from '../../../planner/plan.ts'
import type { Lease } from '../../../store/lease.ts'
import type { ExecuteOptions } from '../../engine.ts'
import type { BuildSession } from '../build/build-session.ts'
import type { DockerfileReader } from '../build/dockerfile-reader.ts'
import type { EnginePrograms } from '../host/engine-programs.ts'
import { imageUsersOf } from '../image/image-users.ts'
import type { Roots } from '../state/layout.ts'
import { requireAllProjects } from '../state/read-projects.ts'

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
    const { signal, onEvent, whenShown, environment = new Map(), onFailedBuildStep } = options
    const [foreign] = foreignBuilds({ steps: [step] }, machinePlatform())
    if (foreign !== undefined) throw foreign
    const { buildImage } = await import('../build/build-image.ts')
    await buildImage(build, {
      session: await this.#open(),
      programs,
      dockerfiles,
      environment,
      signal,
      onEvent: event => onEvent({ kind: 'build', step, event }),
      whenShown,
      onFailedStep: onFailedBuildStep,
    })
  }

  /** Keeps what steps have made. */
  async [Symbol.asyncDispose](): Promise<void> {
    const session = await this.#session
    if (session === undefined) return
    await session[Symbol.asyncDispose]()
    if (session.hasMade) await this.#trim()
  }

  /** Builds that were done are done, whether or not room can be made for the next. */
  async #trim(): Promise<void> {
    const { roots, options } = this.#options
    const { buildCacheLimit, trimBuildCache } = await import('../../../store/built/trim-build-cache.ts')
    try {
      const limitBytes = buildCacheLimit(roots, options.environment ?? new Map())
      await trimBuildCache(roots, {
        readUsers: () => imageUsersOf(roots, requireAllProjects(roots)),
        limitBytes,
      })
    } catch (error) {
      if (!(error instanceof TcomposeError)) throw error
    }
  }

  #open(): Promise<BuildSession> {
    const { roots, lease } = this.#options
    this.#session ??= (async () => {
      const { openBuildSession } = await import('../build/open-build-session.ts')
      return await openBuildSession(roots, lease)
    })()
    return this.#session
  }
}
