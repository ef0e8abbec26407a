import { unlessUnreadable } from '../../../disk/damaged-record.ts'
import type { Action } from '../../../planner/action.ts'
import { createVolume } from '../volume/create-volume.ts'
import { readVolumeRecord } from '../volume/volume-record.ts'
import type { ApplyContext } from './apply-context.ts'
import { keptVolumeWarnings, removeUnusedVolumes } from './remove-unused-volumes.ts'

/** Makes a named volume; one that exists is taken over with its data, and with a warning if another project made it. */
export async function createNamedVolume(
  { roots, store, project, warn }: Pick<ApplyContext, 'roots' | 'store' | 'project' | 'warn'>,
  { volume, configHash }: Extract<Action, { kind: 'create-volume' }>,
): Promise<void> {
  const { key, name, external, labels, options } = volume
  const maker = unlessUnreadable(() => readVolumeRecord(roots, name))?.project
  createVolume(roots, { name, labels, createdAt: Date.now(), project, ...(options && { options }) })
  if (maker !== undefined && maker !== project)
    warn(
      `Volume ${name} was created by project ${maker}; to use that of another project, write "external: true"`,
    )
  store.setVolume(key, { phase: 'created', key, name, external, configHash })
}

/** Removes a named volume and its data, unless another project uses it; then it stays the project's, for another time. */
export async function removeNamedVolume(
  context: Pick<ApplyContext, 'roots' | 'store' | 'lease' | 'warn' | 'leave'>,
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
