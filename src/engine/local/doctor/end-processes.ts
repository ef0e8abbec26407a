import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { namesIn } from '../../../disk/names-in.ts'
import { endKeeper } from '../../../runtime/keeper/end-keeper.ts'
import { findKeeper } from '../../../runtime/keeper/find-keeper.ts'
import { connectKeeper } from '../../../runtime/keeper/keeper-client.ts'
import type { KeeperConnection } from '../../../runtime/keeper/keeper-connection.ts'
import { endProcess, KILL_PATIENCE_MS, SIGKILL } from '../apply/end-process.ts'
import type { ProjectLayout } from '../state/layout.ts'

/** Ends a project's keeper and all that runs under it, without any record. A keeper that does not answer is killed. */
export async function endProcesses(layout: ProjectLayout): Promise<void> {
  markStopped(layout)
  await askToQuit(layout)
  if (findKeeper(layout.keeperLock) !== undefined) await endKeeper(layout.keeperLock, KILL_PATIENCE_MS)
}

/** The supervisor starts no container again that is marked. Where the mark cannot be written, its end comes soon. */
function markStopped({ containersRunDir }: ProjectLayout): void {
  for (const id of namesIn(containersRunDir)) {
    try {
      closeSync(openSync(join(containersRunDir, id, 'stopped'), 'a', 0o600))
    } catch {
      // A full disk, or no folder.
    }
  }
}

async function askToQuit({ keeperSocket }: ProjectLayout): Promise<void> {
  try {
    using keeper = await connectKeeper(keeperSocket)
    if (keeper === undefined) return
    await endAll(keeper)
    await keeper.quit()
    await keeper.closed
  } catch {
    // What does not answer as a keeper does is killed.
  }
}

async function endAll(keeper: KeeperConnection): Promise<void> {
  const processes = await keeper.list()
  await Promise.all(processes.map(({ id }) => endProcess(keeper, { id, signal: SIGKILL, graceMs: 0 })))
}
