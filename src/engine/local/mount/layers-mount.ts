import type { ModelPath } from '../../../base/model-path.ts'
import { lowerOption } from '../../../runtime/launch/overlay-options.ts'
import type { ResolvedMount } from './resolved-mount.ts'

/** Folders of an image's layers to lay over each other. */
interface LayersMount {
  readonly image: string
  /** The lowest first: two at least. */
  readonly folders: readonly string[]
  readonly target: string
  readonly origin: ModelPath
}

/** Returns the read-only overlay of folders. */
export function layersMount({ image, folders, target, origin }: LayersMount): ResolvedMount {
  return {
    mount: {
      destination: target,
      type: 'overlay',
      source: 'overlay',
      options: ['ro', lowerOption(folders)],
    },
    extras: { label: `image "${image}"`, origin, files: { kind: 'layers', image, folders } },
  }
}
