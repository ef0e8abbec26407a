import { namesIn } from '../../../disk/names-in.ts'
import { buildFolders } from '../../../store/built/build-folders.ts'
import { dropForeignLayers } from '../../../store/drop-foreign-layers.ts'
import { layersFolder } from '../../../store/layers/layer-paths.ts'
import { sweepTemporaries } from '../../../store/layers/layer-store.ts'
import type { Lease } from '../../../store/lease.ts'
import { isAnyProjectKept } from '../state/is-any-project-kept.ts'
import type { Roots } from '../state/layout.ts'
import { BuildSession } from './build-session.ts'
import { runSessionsFolder } from './run/session-layout.ts'

/** Opens a session of builds, once what builds left that were killed is removed, and layers that were not made here. */
export async function openBuildSession(roots: Roots, lease: Lease): Promise<BuildSession> {
  await dropForeignLayers(roots, () => isAnyProjectKept(roots))
  if (namesIn(runSessionsFolder(roots)).length > 0) {
    const { sweepRunSessions } = await import('./run/sweep-run-sessions.ts')
    await sweepRunSessions(roots)
  }
  const { build, contexts, last } = buildFolders(roots)
  for (const folder of [layersFolder(roots), build, contexts, last]) await sweepTemporaries(folder)
  return new BuildSession(roots, lease)
}
