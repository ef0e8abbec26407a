import type { Digest } from '../../../base/digest.ts'
import { type JsonObject, objectAt, objectsAt, textAt, textsAt } from '../../../base/json-reader.ts'
import type { BuildGraph } from '../../../planner/build/build-graph.ts'

/** The layer that a step made. */
export interface StepLayer {
  readonly diffId: Digest
  /** Milliseconds since the epoch. */
  readonly createdAt: number
}

/** What the configuration of a built image is put together from. */
export interface DocumentParts {
  readonly graph: BuildGraph
  /** The configuration of the image that the build starts from; undefined for scratch. */
  readonly base: JsonObject | undefined
  /** By the id of the step. */
  readonly layers: ReadonlyMap<number, StepLayer>
  /** SOURCE_DATE_EPOCH: all that the build adds is of this time. Seconds since the epoch. */
  readonly epochSeconds: number | undefined
}

/**
 * Returns the whole configuration of a built image, in the form of the OCI image specification. The same steps give the
 * same document: what makes no layer has the time of the layer below it, so an image whose steps are all cached keeps
 * its id.
 */
export function imageDocument({ graph, base, layers, epochSeconds }: DocumentParts): JsonObject {
  const below = base === undefined ? [] : objectsAt(base, 'history')
  let created = base === undefined ? undefined : textAt(base, 'created')
  if (epochSeconds !== undefined) created = timeText(epochSeconds * 1000)
  const diffIds: string[] = base === undefined ? [] : [...textsAt(objectAt(base, 'rootfs'), 'diff_ids')]
  const added = graph.history.map(({ createdBy, step }) => {
    const layer = step === undefined ? undefined : layers.get(step)
    if (layer !== undefined) {
      diffIds.push(layer.diffId)
      if (epochSeconds === undefined) created = timeText(layer.createdAt)
    }
    return {
      ...(created !== undefined && { created }),
      created_by: createdBy,
      comment: 'buildkit.dockerfile.v0',
      ...(step === undefined && { empty_layer: true }),
    }
  })
  return {
    ...graph.document,
    ...(created !== undefined && { created }),
    rootfs: { type: 'layers', diff_ids: diffIds },
    history: [...below, ...added],
  }
}

/** RFC 3339, without fractions where there are none. */
function timeText(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace('.000Z', 'Z')
}
