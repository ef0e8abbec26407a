import { parseDigest } from '../../base/digest.ts'
import { countAt, type JsonObject, objectAt, objectsAt, textAt } from '../../base/json-reader.ts'
import { parseStepKey, type StepKey, type StepRecord } from './step-records.ts'

/** A step of a build, to take along. */
export interface CachedStep {
  readonly key: StepKey
  readonly record: StepRecord
}

/**
 * The key of an image's configuration that holds steps of builds: `{"version": 1, "steps": [{"key", "resultId",
 * "diffId", "text", "createdAt"}]}`. The layers of the steps are among those of the image. A cache that is kept apart is
 * an image of just these layers, so that whatever copies images copies it.
 */
const CACHE_KEY = 'io.tcompose.build-cache'
const VERSION = 1

/** Returns the configuration of an image that is a cache and nothing else. */
export function cacheDocument(
  steps: readonly CachedStep[],
  { os, architecture }: { readonly os: string; readonly architecture: string },
): JsonObject {
  const diffIds = [...new Set(steps.map(({ record }) => record.diffId))]
  const document = { os, architecture, config: {}, rootfs: { type: 'layers', diff_ids: diffIds } }
  return withCachedSteps(document, steps)
}

/** Returns the configuration of an image with the steps that made it: `type=inline`. */
export function withCachedSteps(document: JsonObject, steps: readonly CachedStep[]): JsonObject {
  const listed = steps.map(({ key, record }) => ({ key, ...record }))
  return { ...document, [CACHE_KEY]: { version: VERSION, steps: listed } }
}

/** Returns the steps that the configuration of an image holds; none where it is no cache. @throws {SyntaxError} If it is malformed. */
export function readCachedSteps(document: JsonObject): ReadonlyMap<StepKey, StepRecord> {
  const cache = objectAt(document, CACHE_KEY)
  if (countAt(cache, 'version') !== VERSION) return new Map()
  return new Map(
    objectsAt(cache, 'steps').map(step => [
      parseStepKey(textAt(step, 'key') ?? ''),
      {
        resultId: parseStepKey(textAt(step, 'resultId') ?? ''),
        diffId: parseDigest(textAt(step, 'diffId') ?? ''),
        text: textAt(step, 'text') ?? '',
        createdAt: countAt(step, 'createdAt'),
      },
    ]),
  )
}
