import type { BuildEvent } from '../../../model/build-event.ts'
import type { FailedBuildStep } from '../../image-builder.ts'
import type { EnginePrograms } from '../host/engine-programs.ts'
import type { BuildSession } from './build-session.ts'
import type { DockerfileReader } from './dockerfile-reader.ts'

/** What a build is carried out with. */
export interface BuildMachine {
  readonly session: BuildSession
  readonly programs: EnginePrograms
  readonly dockerfiles: DockerfileReader
  /** Variables of whoever runs the command. */
  readonly environment: ReadonlyMap<string, string>
  readonly signal: AbortSignal
  readonly onEvent: (event: BuildEvent) => void
  /** Resolves when what is shown of events was taken by its reader; output of commands waits for it. @default at once */
  readonly whenShown?: (() => Promise<void>) | undefined
  /**
   * Receives the RUN that fails a build, when all else that it did has ended. Its files are kept until this resolves; then
   * the build fails.
   */
  readonly onFailedStep?: ((failed: FailedBuildStep) => Promise<void>) | undefined
}
