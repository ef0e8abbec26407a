import { TcomposeError } from '../../base/tcompose-error.ts'
import type { Engine } from '../../engine/engine.ts'
import type { ProjectName } from '../../model/names.ts'
import type { ObservedState } from '../../model/observed-state.ts'

/** What was rebuilt. */
export interface Replaced {
  readonly project: ProjectName
  /** What ran before. */
  readonly before: ObservedState
  readonly services: readonly string[]
}

/** Removes the images that `services` had before, where these have no name any more and no container needs them. */
export async function pruneReplacedImages(
  { images }: Pick<Engine, 'images'>,
  { before, services }: Replaced,
): Promise<void> {
  const containers = before.containers.filter(({ service }) => services.includes(service))
  const replaced = new Set(containers.flatMap(({ imageId }) => imageId ?? []))
  const stored = await images.list()
  const unused = stored.filter(
    ({ id, names, containers: users }) => replaced.has(id) && names.length === 0 && users.length === 0,
  )
  for (const { id } of unused) {
    try {
      await images.remove([{ reference: id }], { force: false })
    } catch (error) {
      // Another command has begun to use it, or has removed it.
      if (!(error instanceof TcomposeError)) throw error
    }
  }
}
