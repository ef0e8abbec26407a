import { setTimeout as delay } from 'node:timers/promises'
import { connectKeeper } from '../../../runtime/keeper/keeper-client.ts'
import { exitCodeOf } from '../../../runtime/keeper/process-files.ts'
import { readContainerState } from '../observe/container-state.ts'
import { containerLayout, projectLayout } from '../state/layout.ts'
import { readLiveRecord } from '../state/live-files.ts'
import type { ContainerPlace } from './pause-container.ts'

/** What is reported for an end that nobody saw. */
const UNKNOWN_EXIT_CODE = 255
const LOOK_MS = 50

/**
 * Returns the exit code of a container once its process, or the one that its policy starts next, has ended. The keeper tells; of
 * a container without one the files do.
 */
export async function awaitEnd(place: Omit<ContainerPlace, 'host'>): Promise<number> {
  const layout = containerLayout(place.roots, place.project, place.container)
  for (;;) {
    const state = readContainerState('created', layout, { live: readLiveRecord(layout.live) })
    if (state.kind === 'exited' && state.exitCode !== undefined) return state.exitCode
    const told = state.kind === 'restarting' ? undefined : await endByKeeper(place)
    if (told !== undefined) return told
    if (state.kind !== 'running' && state.kind !== 'orphaned' && state.kind !== 'restarting')
      return UNKNOWN_EXIT_CODE
    await delay(LOOK_MS)
  }
}

/** Undefined if the keeper ends first, or does not have the process. */
async function endByKeeper({
  roots,
  project,
  container,
}: Omit<ContainerPlace, 'host'>): Promise<number | undefined> {
  using keeper = await connectKeeper(projectLayout(roots, project).keeperSocket)
  try {
    return keeper === undefined ? undefined : exitCodeOf((await keeper.wait(container)).status)
  } catch {
    return undefined
  }
}
