import type { Action } from '../../planner/action.ts'
import { removeTree } from '../host/remove-tree.ts'
import { containerLayout } from '../state/layout.ts'
import { removeVolume } from '../volume/remove-volume.ts'
import { type ExecutionContext, entryOf } from './execution-context.ts'
import { tearDownContainer } from './tear-down-container.ts'

/** Removes a container whose process has ended, with its files, and where asked its anonymous volumes. */
export async function removeContainer(
  context: ExecutionContext,
  { id, anonymousVolumes }: Extract<Action, { kind: 'remove-container' }>,
): Promise<void> {
  const entry = entryOf(context, id)
  if (entry === undefined) return
  context.store.setContainer(id, { ...entry, phase: 'removing' })
  await context.store.save()
  await tearDownContainer(context, entry)
  const layout = containerLayout(context.roots, context.project, id)
  await removeTree(layout.runDir)
  await removeTree(layout.dataDir)
  if (anonymousVolumes) for (const { name } of entry.anonymousVolumes) await removeVolume(context.roots, name)
  context.removals.add({
    interfaces: { bridges: [], endpoints: [] },
    cgroup: undefined,
    onGone: () => context.store.setContainer(id, undefined),
  })
}
