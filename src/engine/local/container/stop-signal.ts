import { signalNumber } from '../../../model/signal.ts'
import { imageById } from '../../../store/images/lookup-image.ts'
import type { Roots } from '../state/layout.ts'
import type { ContainerEntry } from '../state/project-record.ts'

const SIGTERM = 15

/**
 * Returns the number of the signal that asks a container to end: the file's, else the image's, else SIGTERM. A name that
 * is none counts as absent, as dockerd has it for images, so that whatever runs can be stopped.
 */
export function stopSignal(roots: Roots, { spec, imageId }: ContainerEntry): number {
  const own = spec.config.stopSignal
  const image = own !== undefined || imageId === undefined ? undefined : imageById(roots, imageId)
  return signalNumber(own ?? image?.config.stopSignal ?? '') ?? SIGTERM
}
