import { TcomposeError } from '../base/tcompose-error.ts'
import type { ImageStore } from '../engine/image-store.ts'
import type { AppContext } from './app-context.ts'

/** Returns the engine's images for a process that may look at them: what they hold is kept for root. */
export function rootedImages({ engine, isRoot }: Pick<AppContext, 'engine' | 'isRoot'>): ImageStore {
  const { images } = engine
  const asRoot =
    <Arguments extends readonly unknown[], Result>(work: (...given: Arguments) => Promise<Result>) =>
    async (...given: Arguments): Promise<Result> => {
      if (!isRoot) throw notRoot()
      return await work(...given)
    }
  return {
    list: asRoot(images.list),
    inspect: asRoot(images.inspect),
    tag: asRoot(images.tag),
    remove: asRoot(images.remove),
    prune: asRoot(images.prune),
    pruneVolumes: asRoot(images.pruneVolumes),
    usage: asRoot(images.usage),
    load: asRoot(images.load),
    save: asRoot(images.save),
  }
}

function notRoot(): TcomposeError {
  return new TcomposeError(
    'not-root',
    'Cannot open the store of images: this process is not root, expected root',
    {
      hint: 'Run the command again with sudo',
    },
  )
}
