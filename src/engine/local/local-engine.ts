import type { ImageRequest } from '../../model/image-request.ts'
import type { ContainerId, ProjectName } from '../../model/names.ts'
import type { ObservedState } from '../../model/observed-state.ts'
import { isAboutImages } from '../../planner/image-action.ts'
import type { Plan } from '../../planner/plan.ts'
import type {
  Engine,
  ExecRequest,
  ExecuteOptions,
  ExecutionReport,
  FollowOptions,
  LockOptions,
  LogSelection,
  ObserveOptions,
} from '../engine.ts'
import type { EnginePrograms } from './host/engine-programs.ts'
import { localImageStore } from './local-image-store.ts'
import { followLogs } from './log/follow-logs.ts'
import { projectLogSources } from './log/project-log-sources.ts'
import { readLogs } from './log/read-logs.ts'
import { observeProject } from './observe/observe-project.ts'
import { isFirewallGuarded } from './state/firewall-guard.ts'
import { containerLayout, projectLayout, type Roots } from './state/layout.ts'
import { listProjects } from './state/list-projects.ts'
import { requireOwnFolders } from './state/require-own-folders.ts'

export interface LocalEngineOptions {
  readonly roots: Roots
  readonly programs: EnginePrograms
}

/** The engine that runs projects on this machine. What a command does not need of it is not loaded. */
export function createLocalEngine({ roots, programs }: LocalEngineOptions): Engine {
  // By project, from its lock until a lease keeps what was observed in the store.
  const sharedStores = new Map<string, Disposable>()
  const letStoreGo = (project: string): void => {
    sharedStores.get(project)?.[Symbol.dispose]()
    sharedStores.delete(project)
  }
  return {
    lock: async (project: ProjectName, options: LockOptions) => {
      requireOwnFolders(roots)
      const { lockProject, shareStore } = await import('./acting.ts')
      const lock = await lockProject(projectLayout(roots, project), options)
      try {
        sharedStores.set(project, await shareStore(roots, options.signal))
      } catch (error) {
        lock[Symbol.dispose]()
        throw error
      }
      return {
        [Symbol.asyncDispose]: async () => {
          letStoreGo(project)
          lock[Symbol.dispose]()
        },
      }
    },
    observe: async (
      project: ProjectName,
      images: readonly ImageRequest[],
      options: ObserveOptions | undefined,
    ): Promise<ObservedState> => {
      requireOwnFolders(roots)
      const observed = observeProject(roots, project, images)
      const isAsked = options?.firewall === true && observed.networks.size > 0
      if (!isAsked || isFirewallGuarded(projectLayout(roots, project))) return observed
      const { observeFirewall } = await import('./observe/observe-firewall.ts')
      return { ...observed, firewall: observeFirewall(roots, project) }
    },
    askImages: async (
      images: readonly ImageRequest[],
      { signal }: { readonly signal?: AbortSignal | undefined },
    ) => {
      const { askImages } = await import('./image/ask-images.ts')
      return askImages(roots, images, signal)
    },
    preflight: async (plan: Plan) => {
      const { preflight } = await import('./acting.ts')
      return preflight({ roots, programs, plan })
    },
    execute: async (plan: Plan, options: ExecuteOptions): Promise<ExecutionReport> => {
      const onKept = () => letStoreGo(plan.project)
      if (plan.steps.length > 0 && plan.steps.every(({ action }) => isAboutImages(action))) {
        const { applyImagePlan } = await import('./apply/apply-image-plan.ts')
        return applyImagePlan({ roots, plan, options, onKept })
      }
      const { applyProject, readEngineHost } = await import('./acting.ts')
      return applyProject({ roots, programs, host: readEngineHost(programs), plan, options, onKept })
    },
    pinImage: async (image: string) => {
      const { pinImage } = await import('./acting.ts')
      return pinImage(roots, image)
    },
    images: localImageStore(roots),
    projects: async () => {
      requireOwnFolders(roots)
      return listProjects(roots)
    },
    logs: (project: ProjectName, selection: LogSelection) =>
      readLogs(projectLogSources(roots, project, selection), selection.tail),
    follow: (project: ProjectName, options: FollowOptions) =>
      followLogs(projectLogSources(roots, project, options), options),
    processes: async (project: ProjectName, container: ContainerId) => {
      const { listProcesses } = await import('./observe/list-processes.ts')
      return listProcesses(containerLayout(roots, project, container))
    },
    exec: async (project: ProjectName, container: ContainerId, request: ExecRequest) => {
      const { execInContainer, readEngineHost } = await import('./acting.ts')
      return execInContainer({ roots, host: readEngineHost(programs), project, container, request })
    },
    kill: async (project: ProjectName, container: ContainerId, signal: string) => {
      const { killContainer, readEngineHost } = await import('./acting.ts')
      return killContainer({ roots, host: readEngineHost(programs), project, container, signal })
    },
    clear: async (project: ProjectName) => {
      const { clearProject } = await import('./doctor/clear-project.ts')
      return clearProject(roots, project)
    },
    examine: async ({ fix }: { readonly fix: boolean }) => {
      const { examineHost } = await import('./doctor/run-doctor.ts')
      return examineHost({ roots, programs, fix })
    },
  }
}
