import { parseSignal } from '../container/signals.ts'
import { imageById } from '../image/resolve-image.ts'
import type { Roots } from '../state/layout.ts'
import type { ContainerEntry } from '../state/project-record.ts'

const DEFAULT_SIGNAL = 'SIGTERM'

/** Returns the number of the signal that asks a container to end: the file's, else the image's, else SIGTERM. */
export function stopSignal(roots: Roots, { spec, imageId }: ContainerEntry): number {
  const own = spec.config.stopSignal
  if (own !== undefined) return parseSignal(own)
  const image = imageId === undefined ? undefined : imageById(roots, imageId)
  return parseSignal(image?.config.stopSignal ?? DEFAULT_SIGNAL)
}
