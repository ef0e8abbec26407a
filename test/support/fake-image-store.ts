import type { ImageStore } from '../../src/engine/image-store.ts'

/** A store whose methods reject, except those given. */
export function fakeImageStore(methods: Partial<ImageStore> = {}): ImageStore {
  const refuse = (): Promise<never> =>
    Promise.reject(new Error('Cannot call this method of the store: the test defines none'))
  return {
    list: refuse,
    inspect: refuse,
    tag: refuse,
    remove: refuse,
    prune: refuse,
    pruneVolumes: refuse,
    pruneBuildCache: refuse,
    usage: refuse,
    load: refuse,
    save: refuse,
    ...methods,
  }
}
