import { TcomposeError } from '../base/tcompose-error.ts'
import type { ImageStore } from '../engine/engine.ts'
import type { AppContext } from './app-context.ts'

/**
 * Returns the images of all projects.
 *
 * @throws {TcomposeError} `not-root`: what images hold is kept for root.
 */
export async function images({ engine, isRoot }: Pick<AppContext, 'engine' | 'isRoot'>): Promise<ImageStore> {
  if (isRoot) return engine.images
  throw new TcomposeError('not-root', 'Cannot open the image store: tcompose must be run as root', {
    hint: 'Run the command again with sudo',
  })
}
