import type { AppContext } from '../../src/app/app-context.ts'
import type { Content, ContentReader } from '../../src/app/content-reader.ts'
import type { Engine } from '../../src/engine/engine.ts'
import type { FileSource } from '../../src/parser/load-request.ts'
import { fakeImageStore } from './fake-image-store.ts'
import { type MemoryProject, portsOf } from './memory-project.ts'

/** Returns the context of use cases over files in memory; undefined methods of the engine reject. */
export function memoryContext(project: MemoryProject, engine: Partial<Engine> = {}): AppContext {
  const ports = portsOf(project)
  return {
    ...ports,
    contents: memoryContents(ports.files),
    models: {
      find: async () => ({ kind: 'missing', reason: 'the test has none', hint: '', notes: [] }),
      prepare: async () => {},
    },
    runProvider: async () => {
      throw new Error('Cannot run a provider: the test has none')
    },
    remotes: {
      fetch: async () => ({ kind: 'failed', code: 'file-not-found', message: 'the test has no network' }),
      placeOf: () => undefined,
    },
    engine: fakeEngine(engine),
    workingDirectory: '/project',
    memo: undefined,
    trees: {
      realPath: path => path,
      watch: () => Promise.reject(new Error('Cannot watch: the test has no disk')),
    },
    publishDefault: () => ({ kind: 'found', address: undefined }),
    isRoot: true,
    interruptibly: work => work(),
  }
}

/** Secrets and configs are files of the project; outside it is nothing, and no program. */
function memoryContents(files: FileSource): ContentReader {
  const nothing: Content = { kind: 'unreadable', reason: 'the test has none' }
  return {
    readFile: path => {
      const found = files.readText(path)
      return found.kind === 'text'
        ? { kind: 'read', bytes: Buffer.from(found.text) }
        : { kind: 'unreadable', reason: 'it does not exist' }
    },
    readExternal: async () => nothing,
    run: async () => nothing,
  }
}

function fakeEngine(methods: Partial<Engine>): Engine {
  const refuse = (): never => {
    throw new Error('Cannot call this method: the test defines none')
  }
  return {
    images: fakeImageStore(),
    builds: { forecast: refuse, inspect: refuse },
    containers: {
      pause: refuse,
      unpause: refuse,
      awaitEnd: refuse,
      copy: refuse,
      attach: refuse,
      events: refuse,
      usage: refuse,
      commit: refuse,
      export: refuse,
      volumePlaces: refuse,
    },
    devices: { forecast: refuse, list: refuse, describe: refuse },
    mirrors: { begin: refuse, mirror: refuse, mirrored: refuse },
    checkRuntimes: refuse,
    checkPorts: refuse,
    lock: refuse,
    lockPresent: refuse,
    observe: refuse,
    askImages: refuse,
    preflight: refuse,
    execute: refuse,
    pinImage: refuse,
    projects: refuse,
    logs: refuse,
    follow: refuse,
    processes: refuse,
    exec: refuse,
    kill: refuse,
    clear: refuse,
    examine: refuse,
    digestKey: refuse,
    ...methods,
  }
}
