import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { removeTree } from '../../../disk/remove-tree.ts'
import type { Action } from '../../../planner/action.ts'
import { keptFilesPrefix } from '../mount/service-file-mounts.ts'
import { releaseLayers } from '../quota/layer-quota.ts'
import { containerLayout } from '../state/layout.ts'
import { type ApplyContext, entryOf } from './apply-context.ts'
import { keptVolumeWarnings, removeUnusedVolumes } from './remove-unused-volumes.ts'
import { tearDownContainer } from './tear-down-container.ts'

/**
 * Removes a container whose process has ended, with its files, and where asked its anonymous volumes, as far as nothing
 * else uses them. What is to be removed is recorded first, so that a removal that was cut short is completed by the
 * next.
 */
export async function removeContainer(
  context: ApplyContext,
  { id, anonymousVolumes }: Extract<Action, { kind: 'remove-container' }>,
): Promise<void> {
  const entry = entryOf(context, id)
  if (entry === undefined) return
  const withVolumes = anonymousVolumes || entry.withVolumes === true
  context.store.setContainer(id, { ...entry, phase: 'removing', ...(withVolumes && { withVolumes }) })
  await context.store.save()
  const layout = containerLayout(context.roots, context.project, id)
  let remaining = 2
  // What the kernel had of it and its files go side by side: the last of them takes the entry along.
  const forget = () => {
    remaining -= 1
    if (remaining > 0) return
    rmSync(layout.runDir, { recursive: true, force: true })
    context.store.setContainer(id, undefined)
  }
  const { gone } = await tearDownContainer(context, entry, forget)
  const keeper = await context.runningKeeper()
  if (keeper?.hasEnded === false) await keeper.release(keptFilesPrefix(id))
  context.doneWhen(gone)
  await removeAllBut(layout.runDir, layout.live)
  await removeTree(layout.dataDir)
  if (entry.spec.config.storageSize !== undefined)
    releaseLayers(context.roots, { project: context.project, id })
  const volumes = withVolumes ? entry.anonymousVolumes.map(({ name }) => name) : []
  for (const warning of keptVolumeWarnings(await removeUnusedVolumes(context, volumes))) context.warn(warning)
  const nothing = { interfaces: { bridges: [], endpoints: [] }, cgroup: undefined }
  const owner = `container "${entry.spec.name}"`
  context.doneWhen(context.removals.add({ owner, ...nothing, onGone: forget }))
}

/** Removes what is in `folder`, but for the file `kept`. */
async function removeAllBut(folder: string, kept: string): Promise<void> {
  const paths = existsSync(folder) ? readdirSync(folder).map(name => join(folder, name)) : []
  for (const path of paths) if (path !== kept) await removeTree(path)
}
