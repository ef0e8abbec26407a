import { join, resolve } from 'node:path'
import type { AppContext, Interruptibly } from '../app/app-context.ts'
import type { ModelPort } from '../app/model-port.ts'
import type { PublishDefault } from '../app/publish-default.ts'
import { type DeviceSources, SYSTEM_DEVICE_SOURCES } from '../engine/local/host/device-sources.ts'
import type { EnginePrograms } from '../engine/local/host/engine-programs.ts'
import type { RuntimeSources } from '../engine/local/host/runtime-sources.ts'
import { createLocalEngine } from '../engine/local/local-engine.ts'
import type { Roots } from '../engine/local/state/layout.ts'
import { isIpAddress } from '../parser/address/is-ip-address.ts'
import { contentReader } from './content-reader.ts'
import { dockerfileReader } from './dockerfile-reader.ts'
import { hostFiles } from './host-files.ts'
import { loadMemo } from './load-memo.ts'
import { remotePort } from './remotes/remote-port.ts'
import { readSettings } from './settings.ts'
import { treePort } from './trees/watch-tree.ts'

export interface LocalContextOptions {
  readonly environment: ReadonlyMap<string, string>
  readonly workingDirectory: string
  /** The folder with the built programs. */
  readonly programsFolder: string
  /** Names the build that runs; undefined when it runs from source, which changes under its name. */
  readonly build: string | undefined
  /** @default runs it */
  readonly interruptibly?: Interruptibly
  /** Ends what is fetched from other machines. @default nothing does */
  readonly signal?: () => AbortSignal
}

/** Returns what use cases work with on this machine. */
export function localContext({
  environment,
  workingDirectory,
  programsFolder,
  build,
  interruptibly = work => work(),
  signal = () => new AbortController().signal,
}: LocalContextOptions): AppContext {
  const roots = rootsOf(environment, workingDirectory)
  const engine = createLocalEngine({
    roots,
    programs: programsIn(programsFolder),
    dockerfiles: dockerfileReader,
    deviceSources: deviceSourcesOf(environment, workingDirectory),
    idFolder: resolve(workingDirectory, environment.get('TCOMPOSE_SUBID_DIR') || '/etc'),
    runtimeSources: runtimeSourcesOf(environment, workingDirectory),
  })
  return {
    engine,
    files: hostFiles(),
    contents: contentReader(environment),
    models: localModels,
    remotes: remotePort({ folder: remotesFolder(roots, environment), environment, signal }),
    runProvider: async call => (await import('./provider/run-provider.ts')).runProvider(call),
    trees: treePort,
    interruptibly,
    publishDefault: () => publishDefaultOf(environment),
    environment,
    workingDirectory,
    memo: build === undefined ? undefined : loadMemo({ folder: join(roots.run, 'loads'), build }),
    isRoot: process.getuid?.() === 0,
  }
}

/** What serves models is loaded only for who has some. */
const localModels: ModelPort = {
  find: async (...given) => (await import('./models/docker-model.ts')).dockerModel.find(...given),
  prepare: async (...given) => (await import('./models/docker-model.ts')).dockerModel.prepare(...given),
}

/** Where state lives: TCOMPOSE_DATA and TCOMPOSE_RUN, or the folders of the system. */
function rootsOf(environment: ReadonlyMap<string, string>, workingDirectory: string): Roots {
  return {
    data: resolve(workingDirectory, environment.get('TCOMPOSE_DATA') ?? '/var/lib/tcompose'),
    run: resolve(workingDirectory, environment.get('TCOMPOSE_RUN') ?? '/run/tcompose'),
  }
}

/** In the data folder where that is this user's, else in the cache of the user. */
function remotesFolder({ data }: Roots, environment: ReadonlyMap<string, string>): string {
  if (process.getuid?.() === 0 || environment.has('TCOMPOSE_DATA')) return join(data, 'remotes')
  const cache = environment.get('XDG_CACHE_HOME') || join(environment.get('HOME') ?? '/tmp', '.cache')
  return join(cache, 'tcompose', 'remotes')
}

/** TCOMPOSE_CDI_DIRS, folders with colons between them, and TCOMPOSE_GPU_ROOT, or what the system has. */
function deviceSourcesOf(environment: ReadonlyMap<string, string>, workingDirectory: string): DeviceSources {
  const folders = environment
    .get('TCOMPOSE_CDI_DIRS')
    ?.split(':')
    .filter(folder => folder !== '')
  const { cdiFolders, gpuRoot } = SYSTEM_DEVICE_SOURCES
  return {
    cdiFolders: folders?.map(folder => resolve(workingDirectory, folder)) ?? cdiFolders,
    gpuRoot: resolve(workingDirectory, environment.get('TCOMPOSE_GPU_ROOT') || gpuRoot),
  }
}

/** Those of the settings, and what is on PATH. */
function runtimeSourcesOf(
  environment: ReadonlyMap<string, string>,
  workingDirectory: string,
): RuntimeSources {
  const folders = (environment.get('PATH') ?? '').split(':').filter(folder => folder !== '')
  return {
    configured: () => {
      const settings = readSettings(environment)
      if (settings.kind === 'unfit') return settings
      return { kind: 'found', programs: settings.runtimes, file: settings.file }
    },
    folders: folders.map(folder => resolve(workingDirectory, folder)),
  }
}

/** TCOMPOSE_PUBLISH_DEFAULT, or else what the settings say. */
function publishDefaultOf(environment: ReadonlyMap<string, string>): PublishDefault {
  const address = environment.get('TCOMPOSE_PUBLISH_DEFAULT') || undefined
  if (address === undefined) {
    const settings = readSettings(environment)
    return settings.kind === 'unfit' ? settings : { kind: 'found', address: settings.publishDefault }
  }
  if (isIpAddress(address)) return { kind: 'found', address }
  return { kind: 'unfit', reason: `TCOMPOSE_PUBLISH_DEFAULT is "${address}", expected an IP address` }
}

/** The supervisor lives as long as its project, so its memory counts more than its speed. */
const SUPERVISOR_FLAGS: readonly string[] = [
  '--max-semi-space-size=1',
  '--max-old-space-size=64',
  '--no-opt',
  '--no-maglev',
]

function programsIn(folder: string): EnginePrograms {
  return {
    keeper: join(folder, 'native', 'keeper'),
    filters: join(folder, 'filters'),
    supervisor: [process.execPath, ...SUPERVISOR_FLAGS, join(folder, 'supervisor.cjs')],
  }
}
