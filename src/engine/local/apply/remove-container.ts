import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { removeTree } from '../../../disk/remove-tree.ts'
import type { Action } from '../../../planner/action.ts'
import { inheritLogs, lastInherited } from '../log/inherit-logs.ts'
import { keptFilesPrefix } from '../mount/service-file-mounts.ts'
import { releaseLayers } from '../quota/layer-quota.ts'
import { containerLayout, projectLayout } from '../state/layout.ts'
import { noteEvent } from '../state/note-event.ts'
import type { ContainerEntry } from '../state/project-record.ts'
import { releaseOwners } from '../user-namespace/container-owners.ts'
import { type ApplyContext, entryOf, replicaEntry } from './apply-context.ts'
import { keptVolumeWarnings, removeUnusedVolumes } from './remove-unused-volumes.ts'
import { tearDownContainer } from './tear-down-container.ts'

const AGAIN = { maxRetries: 5, retryDelay: 2 } as const

/**
 * Removes a container whose process has ended, with its files, and where asked its anonymous volumes, as far as nothing
 * else uses them. What is to be removed is recorded first, so that a removal that was cut short is completed by the
 * next. Of one that goes at its end that is on record since it was made.
 */
export async function removeContainer(
  context: ApplyContext,
  { id, anonymousVolumes }: Extract<Action, { kind: 'remove-container' }>,
): Promise<void> {
  const entry = entryOf(context, id)
  if (entry === undefined) return
  const withVolumes = anonymousVolumes || entry.withVolumes === true
  context.store.setContainer(id, { ...entry, phase: 'removing', ...(withVolumes && { withVolumes }) })
  const heir = announceHeir(context, entry)
  if (!(entry.spec.isRemovedAtEnd && withVolumes)) await context.store.save()
  const layout = containerLayout(context.roots, context.project, id)
  let remaining = 2
  // What the kernel had of it and its files go side by side: the last of them takes the entry along.
  const forget = () => {
    remaining -= 1
    if (remaining > 0) return
    // A probe that ends at this moment writes there what it has found.
    rmSync(layout.runDir, { recursive: true, force: true, ...AGAIN })
    context.store.setContainer(id, undefined)
    noteEvent(projectLayout(context.roots, context.project), { action: 'destroy', entry })
  }
  const gone =
    context.tornDown.get(id)?.then(forget) ?? (await tearDownContainer(context, entry, forget)).gone
  gone.catch(() => undefined)
  const keeper = await context.runningKeeper()
  if (keeper?.hasEnded === false) await keeper.release(keptFilesPrefix(id))
  context.doneWhen(gone)
  await removeAllBut(layout.runDir, layout.live)
  if (heir?.inheritedLogs !== undefined)
    inheritLogs(layout.log, containerLayout(context.roots, context.project, heir.id).log, heir.inheritedLogs)
  await removeTree(layout.dataDir)
  const { storageSize, userns } = entry.spec.config
  if (storageSize !== undefined) releaseLayers(context.roots, { project: context.project, id })
  if (userns !== undefined) releaseOwners(context.roots, { project: context.project, id })
  const volumes = withVolumes ? entry.anonymousVolumes.map(({ name }) => name) : []
  for (const warning of keptVolumeWarnings(await removeUnusedVolumes(context, volumes))) context.warn(warning)
  const nothing = { interfaces: { bridges: [], endpoints: [] }, cgroup: undefined }
  const owner = `container "${entry.spec.name}"`
  context.doneWhen(context.removals.add({ owner, ...nothing, onGone: forget }))
}

/**
 * Notes in the record what the container that takes the place of `entry` inherits of its log, so that who follows both
 * tells the lines of one from those of the other. Returns its entry; undefined if there is none, or it keeps no log.
 */
function announceHeir(context: ApplyContext, entry: ContainerEntry): ContainerEntry | undefined {
  const heir = replicaEntry(context, entry.spec)
  // One that is being made is written to the record as a whole.
  if (heir?.phase !== 'created' || heir.id === entry.id || heir.spec.preStart !== undefined) return undefined
  if (heir.createdAt < entry.createdAt || heir.spec.config.logging?.kind === 'none') return undefined
  if (heir.inheritedLogs !== undefined) return heir
  const { roots, project, store } = context
  const last = lastInherited(containerLayout(roots, project, entry.id).log)
  if (last === 0 || existsSync(containerLayout(roots, project, heir.id).log)) return undefined
  const informed = { ...heir, inheritedLogs: last }
  store.setContainer(heir.id, informed)
  return informed
}

/** Removes what is in `folder`, but for the file `kept`. */
async function removeAllBut(folder: string, kept: string): Promise<void> {
  const paths = existsSync(folder) ? readdirSync(folder).map(name => join(folder, name)) : []
  for (const path of paths) if (path !== kept) await removeTree(path)
}
