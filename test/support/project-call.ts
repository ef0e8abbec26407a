import type { RunHooks } from '../../src/app/command-call.ts'
import type { ProjectRequest } from '../../src/app/project-request.ts'

/** Returns a request without any option, but for `changes`. */
export function aProjectRequest(changes: Partial<ProjectRequest> = {}): ProjectRequest {
  return {
    files: [],
    projectName: undefined,
    projectDirectory: undefined,
    profiles: [],
    envFiles: [],
    allowUnsupported: false,
    ...changes,
  }
}

/** Returns hooks that nobody hears, but for `changes`. */
export function runHooks(changes: Partial<RunHooks> = {}): RunHooks {
  return {
    signal: new AbortController().signal,
    command: 'tcompose test',
    onPlan: () => {},
    onEvent: () => {},
    onWait: () => {},
    ...changes,
  }
}
