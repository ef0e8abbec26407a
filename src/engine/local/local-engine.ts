import type { ImageRequest } from '../../model/image-request.ts'
import type { ContainerId, ProjectName } from '../../model/names.ts'
import type { ObservedState } from '../../model/observed-state.ts'
import type { Service } from '../../model/service.ts'
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
import type { DockerfileReader } from './build/dockerfile-reader.ts'
import { type DeviceSources, SYSTEM_DEVICE_SOURCES } from './host/device-sources.ts'
import type { EnginePrograms } from './host/engine-programs.ts'
import { NO_RUNTIMES, type RuntimeSources } from './host/runtime-sources.ts'
import { type ImageLookup, type KnownImages, knownImages } from './image/known-images.ts'
import { imageSource } from './image/source/image-sources.ts'
import { localContainerAccess } from './local-container-access.ts'
import { localDeviceInspector } from './local-device-inspector.ts'
import { localFileMirror } from './local-file-mirror.ts'
import { localImageBuilder } from './local-image-builder.ts'
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
  readonly dockerfiles: DockerfileReader
  /** @default those of the system */
  readonly deviceSources?: DeviceSources
  /** Of `subuid` and `subgid`. @default that of the system */
  readonly idFolder?: string
  /** @default none but tcompose itself */
  readonly runtimeSources?: RuntimeSources
  /** @default reads the store and the image's source */
  readonly lookup?: ImageLookup
}

/** A store that others may not remove from, and what was looked up in it since. */
interface SharedStore {
  readonly hold: Disposable
  readonly images: KnownImages
}

/** The engine that runs projects on this machine. What a command does not need of it is not loaded. */
export function createLocalEngine({
  roots,
  programs,
  dockerfiles,
  deviceSources = SYSTEM_DEVICE_SOURCES,
  idFolder,
  runtimeSources = NO_RUNTIMES,
  lookup,
}: LocalEngineOptions): Engine {
  // By project, from its lock until a lease keeps what was observed in the store.
  const sharedStores = new Map<string, SharedStore>()
  const letStoreGo = (project: string): void => {
    sharedStores.get(project)?.hold[Symbol.dispose]()
    sharedStores.delete(project)
  }
  // Without the lock an image may be removed or pulled at any time: nothing is known of it from an earlier look.
  const imagesOf = (project: string): KnownImages =>
    sharedStores.get(project)?.images ?? knownImages(roots, lookup)
  const withStore = async (project: ProjectName, lock: Disposable, signal: AbortSignal) => {
    const { shareStore } = await import('../../store/store-lock.ts')
    try {
      const hold = await shareStore(roots, signal)
      sharedStores.set(project, { hold, images: knownImages(roots, lookup) })
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
  }
  return {
    lock: async (project: ProjectName, options: LockOptions) => {
      requireOwnFolders(roots)
      const { lockProject } = await import('./state/project-lock.ts')
      return await withStore(
        project,
        await lockProject(projectLayout(roots, project), options),
        options.signal,
      )
    },
    lockPresent: async (project: ProjectName, options: LockOptions) => {
      requireOwnFolders(roots)
      const { lockPresentProject } = await import('./state/project-lock.ts')
      const lock = await lockPresentProject(projectLayout(roots, project), options)
      return lock && (await withStore(project, lock, options.signal))
    },
    observe: async (
      project: ProjectName,
      images: readonly ImageRequest[],
      options: ObserveOptions | undefined,
    ): Promise<ObservedState> => {
      requireOwnFolders(roots)
      const observed = observeProject(roots, project, { wanted: images, known: imagesOf(project) })
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
    digestKey: async (project: ProjectName) => {
      requireOwnFolders(roots)
      const { digestKeyOf } = await import('./state/digest-key.ts')
      return digestKeyOf(projectLayout(roots, project))
    },
    preflight: async (plan: Plan) => {
      const { preflight } = await import('./apply/preflight.ts')
      const { devicePreflight } = await import('./apply/device-preflight.ts')
      const { interfacePreflight } = await import('./apply/interface-preflight.ts')
      const { runtimePreflight } = await import('./apply/runtime-preflight.ts')
      return [
        ...preflight({ roots, programs, images: imagesOf(plan.project), plan, idFolder }),
        ...(await runtimePreflight(plan, runtimeSources)),
        ...(await devicePreflight(plan, deviceSources)),
        ...(await interfacePreflight(plan, { sources: deviceSources, roots })),
      ]
    },
    execute: async (plan: Plan, options: ExecuteOptions): Promise<ExecutionReport> => {
      const images = imagesOf(plan.project)
      const onKept = () => letStoreGo(plan.project)
      if (plan.steps.length > 0 && plan.steps.every(({ action }) => isAboutImages(action))) {
        const { applyImagePlan } = await import('./apply/apply-image-plan.ts')
        return applyImagePlan({ roots, programs, dockerfiles, images, plan, options, onKept })
      }
      const { readEngineHost } = await import('./host/engine-host.ts')
      const { applyProject } = await import('./apply/apply-project.ts')
      return applyProject({
        ...{
          roots,
          programs,
          dockerfiles,
          host: { ...readEngineHost(programs, deviceSources, idFolder), runtimeSources },
          images,
          plan,
          options,
          onKept,
        },
      })
    },
    pinImage: async (image: string) => await imageSource(roots, { reference: image }).pin(),
    images: localImageStore(roots),
    builds: localImageBuilder({ roots, dockerfiles }),
    devices: localDeviceInspector(deviceSources),
    containers: localContainerAccess({ roots, programs, deviceSources, dockerfiles }),
    mirrors: localFileMirror(roots),
    checkRuntimes: async (services: readonly Service[]) => {
      const { runtimeProblems } = await import('./oci-runtime/runtime-problems.ts')
      return services.flatMap(service => runtimeProblems(service, runtimeSources))
    },
    checkPorts: async (services: readonly Service[]) => {
      const { protocolProblems } = await import('./network/protocol-problems.ts')
      return services.flatMap(service => protocolProblems(service))
    },
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
      const { noteContainerEvent } = await import('./state/note-container-event.ts')
      const processes = listProcesses(containerLayout(roots, project, container))
      noteContainerEvent({ roots, project, container }, { action: 'top' })
      return processes
    },
    exec: async (project: ProjectName, container: ContainerId, request: ExecRequest) => {
      const { readEngineHost } = await import('./host/engine-host.ts')
      const { execInContainer } = await import('./exec/exec-in-container.ts')
      return execInContainer({
        roots,
        host: readEngineHost(programs, deviceSources),
        project,
        container,
        request,
      })
    },
    kill: async (project: ProjectName, container: ContainerId, signal: string) => {
      const { readEngineHost } = await import('./host/engine-host.ts')
      const { killContainer } = await import('./exec/kill-container.ts')
      return killContainer({
        roots,
        host: readEngineHost(programs, deviceSources),
        project,
        container,
        signal,
      })
    },
    clear: async (project: ProjectName) => {
      const { clearProject } = await import('./doctor/clear-project.ts')
      return clearProject(roots, project)
    },
    examine: async ({ fix }: { readonly fix: boolean }) => {
      const { examineHost } = await import('./doctor/run-doctor.ts')
      return examineHost({ roots, programs, deviceSources, fix })
    },
  }
}
