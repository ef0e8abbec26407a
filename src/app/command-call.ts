import type { RunHooks } from './app.ts'
import type { ProjectRequest } from './project-request.ts'

/** A command that changes what runs, as it was given. */
export interface CommandCall<Options> {
  readonly request: ProjectRequest
  readonly options: Options
  readonly hooks: RunHooks
}
