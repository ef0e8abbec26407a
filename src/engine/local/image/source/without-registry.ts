import { TcomposeError } from '../../../../base/tcompose-error.ts'
import type { ImageSource } from './image-source.ts'

/** Returns what only a registry can do, for the image `reference`, which has none. */
export function withoutRegistry(reference: string): Pick<ImageSource, 'ask' | 'push' | 'platforms'> {
  return {
    ask: async () => undefined,
    push: async () => {
      throw new TcomposeError(
        'image-source-unsupported',
        `Cannot push image "${reference}": it is a local source, expected an image of a registry`,
        { hint: 'Name other services, or give the image a name of a registry' },
      )
    },
    platforms: () => [],
  }
}
