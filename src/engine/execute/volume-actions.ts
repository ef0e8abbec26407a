import type { Action } from '../../planner/action.ts'
import { createVolume } from '../volume/create-volume.ts'
import type { ExecutionContext } from './execution-context.ts'
import { keptVolumeWarnings, removeUnusedVolumes } from './remove-unused-volumes.ts'

/** Makes a named volume; one that exists is taken over with its data. */
export async function createNamedVolume(
  { roots, store }: ExecutionContext,
  { volume, configHash }: Extract<Action, { kind: 'create-volume' }>,
): Promise<void> {
  const { key, name, external, labels } = volume
  createVolume(roots, { name, labels, createdAt: Date.now() })
  store.setVolume(key, { phase: 'created', key, name, external, configHash })
}

/** Removes a named volume and its data, unless another project uses it; then it stays the project's, for another time. */
export async function removeNamedVolume(
  context: Pick<ExecutionContext, 'roots' | 'store' | 'lease' | 'warn' | 'leave'>,
  { key, name }: Extract<Action, { kind: 'remove-volume' }>,
): Promise<void> {
  const { store, warn, leave } = context
  const kept = await removeUnusedVolumes(context, [name], async () => {
    const entry = store.record.volumes.get(key)
    if (entry !== undefined) store.setVolume(key, { ...entry, phase: 'removing' })
    await store.save()
  })
  if (kept.size === 0) store.setVolume(key, undefined)
  else leave('Resource is still in use')
  for (const warning of keptVolumeWarnings(kept)) warn(warning)
}
