import type { ContainerId, ProjectName } from '../model/names.ts'
import type { Plan } from '../planner/plan.ts'
import type {
  Engine,
  ExecRequest,
  ExecuteOptions,
  ExecutionReport,
  LockOptions,
  LogOptions,
} from './engine.ts'
import { type EngineHost, readEngineHost } from './engine-host.ts'
import type { EnginePrograms } from './engine-programs.ts'
import { examineHost } from './examine/examine-host.ts'
import { execInContainer } from './exec/exec-in-container.ts'
import { killContainer } from './exec/kill-container.ts'
import { executeProject } from './execute/execute-project.ts'
import { preflight } from './execute/preflight.ts'
import { pinImage } from './image/pin-image.ts'
import { projectLogSources } from './log/project-log-sources.ts'
import { readLogs } from './log/read-logs.ts'
import { observeProject } from './observe/observe-project.ts'
import { projectLayout, type Roots } from './state/layout.ts'
import { listProjects } from './state/list-projects.ts'
import { lockProject } from './state/project-lock.ts'

export interface LocalEngineOptions {
  readonly roots: Roots
  readonly programs: EnginePrograms
}

/** The engine that runs projects on this machine. */
export function createLocalEngine({ roots, programs }: LocalEngineOptions): Engine {
  let host: EngineHost | undefined
  const hostOnce = (): EngineHost => {
    host ??= readEngineHost(programs)
    return host
  }
  return {
    lock: async (project: ProjectName, options: LockOptions) =>
      asyncDisposable(await lockProject(projectLayout(roots, project), options)),
    observe: async (project: ProjectName, images: readonly string[]) =>
      observeProject(roots, project, images),
    preflight: async (plan: Plan) => preflight({ roots, programs, plan }),
    execute: (plan: Plan, options: ExecuteOptions): Promise<ExecutionReport> =>
      executeProject({ roots, programs, host: hostOnce(), plan, options }),
    pinImage: (image: string) => pinImage(roots, image),
    projects: async () => listProjects(roots),
    logs: (project: ProjectName, options: LogOptions) =>
      readLogs(projectLogSources(roots, project, options.services), options),
    exec: (project: ProjectName, container: ContainerId, request: ExecRequest) =>
      execInContainer({ roots, host: hostOnce(), project, container, request }),
    kill: (project: ProjectName, container: ContainerId, signal: string) =>
      killContainer({ roots, project, container, signal }),
    examine: async ({ fix }: { readonly fix: boolean }) => examineHost({ roots, programs, fix }),
  }
}

function asyncDisposable(resource: Disposable): AsyncDisposable {
  return { [Symbol.asyncDispose]: async () => resource[Symbol.dispose]() }
}
