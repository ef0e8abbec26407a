import type { Digest } from '../../../base/digest.ts'
import { signalNumber } from '../../../model/signal.ts'
import { imageById } from '../../../store/images/image-by-id.ts'
import type { Roots } from '../state/layout.ts'
import type { ContainerEntry } from '../state/project-record.ts'

const SIGTERM = 15

/**
 * Returns the number of the signal that asks a container to end: the file's, else the image's, else SIGTERM. A name that
 * is none counts as absent, as dockerd has it for images, so that whatever runs can be stopped.
 */
export function stopSignal(
  roots: Roots,
  { spec, imageId }: ContainerEntry,
  known: StopSignals = new Map(),
): number {
  const own = spec.config.stopSignal
  if (own !== undefined || imageId === undefined) return signalNumber(own ?? '') ?? SIGTERM
  const signal =
    known.get(imageId) ?? signalNumber(imageById(roots, imageId)?.config.stopSignal ?? '') ?? SIGTERM
  known.set(imageId, signal)
  return signal
}

/** Those of images, by id, each of which is so read once. */
export type StopSignals = Map<Digest, number>
