import { sweepTrash } from '../state/trash.ts'
import { sweepRemovedVolumes } from '../volume/remove-volume.ts'
import type { ApplyContext } from './apply-context.ts'
import { removeUnusedVolumes } from './remove-unused-volumes.ts'

/**
 * Completes the removals that an earlier command, or its keeper, was killed in. One that another project uses by
 * now is left to it.
 */
export async function finishRemovals(
  context: Pick<ApplyContext, 'roots' | 'store' | 'lease'>,
): Promise<void> {
  const { roots, store } = context
  const doomed = [...store.record.volumes].filter(([, { phase }]) => phase === 'removing')
  await removeUnusedVolumes(
    context,
    doomed.map(([, { name }]) => name),
  )
  for (const [key] of doomed) store.setVolume(key, undefined)
  await sweepRemovedVolumes(roots)
  await sweepTrash(roots)
}
