import type { AppContext } from '../../src/app/app-context.ts'
import type { Engine } from '../../src/engine/engine.ts'
import { fakeImageStore } from './fake-image-store.ts'
import { type MemoryProject, portsOf } from './memory-project.ts'

/** Returns the context of use cases over files in memory; undefined methods of the engine reject. */
export function memoryContext(project: MemoryProject, engine: Partial<Engine> = {}): AppContext {
  return {
    ...portsOf(project),
    engine: fakeEngine(engine),
    workingDirectory: '/project',
    memo: undefined,
    isRoot: true,
    interruptibly: work => work(),
  }
}

function fakeEngine(methods: Partial<Engine>): Engine {
  const refuse = (): never => {
    throw new Error('Cannot call this method: the test defines none')
  }
  return {
    images: fakeImageStore(),
    builds: { forecast: refuse, inspect: refuse },
    lock: refuse,
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
    ...methods,
  }
}
