import type { RunHooks } from '../../src/app/command-call.ts'
import type { ObservedContainer } from '../../src/app/index.ts'
import type { TreePort, TreeWatch } from '../../src/app/watch/tree-port.ts'
import { type WatchOptions, type WatchResult, watch } from '../../src/app/watch/watch.ts'
import type { WatchEvent } from '../../src/app/watch/watch-event.ts'
import type { Engine, ExecRequest, MirrorRequest } from '../../src/engine/engine.ts'
import { memoryContext } from './memory-context.ts'
import type { MemoryProject } from './memory-project.ts'

/** What a session does, over files and containers that are only told of. */
export interface WatchSceneOptions {
  readonly project: MemoryProject
  readonly containers?: readonly ObservedContainer[]
  /** Returns what each look at the containers finds. @default `containers` */
  readonly onLook?: () => readonly ObservedContainer[]
  /** All files that there are to begin with. */
  readonly paths?: readonly string[]
  /** What changes, burst by burst; the session is interrupted behind the last. */
  readonly bursts?: readonly (readonly string[])[]
  /** They are the parts of one burst. @default each is one */
  readonly isOneBurst?: boolean
  /** What was mirrored before, by container. */
  readonly before?: ReadonlyMap<string, readonly string[]>
  /** What containers have after a run. @default the same */
  readonly afterRun?: readonly ObservedContainer[]
  readonly confirms?: boolean
  /** Called while files are about to be watched, each time. @default nothing happens then */
  readonly onWatch?: () => void
  readonly options?: Partial<WatchOptions>
}

/** What was done. */
export interface WatchRecord {
  readonly result: WatchResult
  readonly events: readonly WatchEvent[]
  /** Runs, by their titles. */
  readonly runs: readonly string[]
  /** Files by container, e.g. `changed web: /p/a > /app/a`. */
  readonly mirrored: readonly string[]
  readonly commands: readonly ExecRequest[]
}

/** Runs a session to its end. */
export async function watchScene(scene: WatchSceneOptions): Promise<WatchRecord> {
  const { project, paths = [], bursts = [], before = new Map(), confirms, options } = scene
  let containers = scene.containers ?? []
  const interrupt = new AbortController()
  const events: WatchEvent[] = []
  const runs: string[] = []
  const mirrored: string[] = []
  const commands: ExecRequest[] = []
  const ahead = [...bursts]
  let waits = 0
  const nameOf = (id: string): string => containers.find(each => each.id === id)?.name ?? id
  const trees: TreePort = {
    realPath: path => path,
    watch: async () => {
      scene.onWatch?.()
      return watched
    },
  }
  const watched: TreeWatch = {
    paths: () => paths,
    next: async () => {
      await new Promise(resolve => setImmediate(resolve))
      // Waits pass without a change between bursts, so that what these lead to is done.
      waits += 1
      const isPart = scene.isOneBurst === true && ahead.length > 0
      if (isPart) waits = 0
      else if (waits % 4 > 0) return { paths: [], isMore: false }
      const burst = ahead.shift()
      if (burst === undefined) interrupt.abort()
      return { paths: burst ?? [], isMore: isPart }
    },
    [Symbol.asyncDispose]: async () => {},
  }
  const engine: Partial<Engine> = {
    observe: async name => ({
      project: name,
      images: new Map(),
      networks: new Map(),
      volumes: new Map(),
      containers: scene.onLook?.() ?? containers,
    }),
    exec: async (_project, _container, request) => {
      commands.push(request)
      return 0
    },
    mirrors: {
      begin: async () => ({ [Symbol.asyncDispose]: async () => {} }),
      mirrored: async (_project, id) =>
        before
          .get(nameOf(id))
          ?.map((path: string) => ({ source: `/project/${path}`, target: `/app/${path}` })),
      mirror: async (_project, id, { files, trust }: MirrorRequest) => {
        for (const { source, target } of files) mirrored.push(`${trust} ${nameOf(id)}: ${source} > ${target}`)
        return { kind: 'mirrored', changed: trust === 'assumed' ? [] : files, failures: [] }
      },
    },
  }
  const context = { ...memoryContext(project, engine), trees }
  const result = await watch(context, REQUEST, {
    options: { services: [], up: false, prunes: false, ...options },
    hooks: {
      signal: interrupt.signal,
      command: 'tcompose watch',
      onEvent: event => events.push(event),
      run: async (title: string, _work: (hooks: RunHooks) => unknown) => {
        runs.push(title)
        containers = scene.afterRun ?? containers
        return true
      },
      ...(confirms !== undefined && { confirm: async () => confirms }),
      commandIo: { kind: 'detached' },
    },
  })
  return { result, events, runs, mirrored, commands }
}

const REQUEST = {
  files: [],
  projectName: undefined,
  projectDirectory: undefined,
  profiles: [],
  envFiles: [],
  allowUnsupported: false,
}
